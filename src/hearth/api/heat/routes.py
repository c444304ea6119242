"""Every route: method, path below `/v1/{project}`, policy rule, responder. An index to read."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hearth.api.heat import (
    catalogue,
    causes,
    configs,
    deployments,
    events,
    leaving,
    lookup,
    resources,
    services,
    snapshots,
    stack_changes,
    stacks,
)
from hearth.api.heat.asking import Ask
from hearth.api.heat.parts import Parts, Reply

Responder = Callable[[Parts, Ask], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. rule None: the responder asks the policy itself. free: any JSON is a body."""

    method: str
    path: str
    rule: str | None
    responder: Responder
    free: bool = False


STACK = "/stacks/{name}/{stack_id}"
RESOURCE = f"{STACK}/resources/{{resource}}"
DEPLOYMENTS = "/software_deployments"
DEPLOYMENT = f"{DEPLOYMENTS}/{{deployment_id}}"
SNAPSHOT = f"{STACK}/snapshots/{{snapshot}}"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/stacks", "stacks:index", stacks.index),
    Route("POST", "/stacks", "stacks:create", stack_changes.create),
    Route("POST", "/stacks/preview", "stacks:preview", stack_changes.preview),
    Route("POST", "/stacks/plan", "stacks:preview", stack_changes.plan_new),
    Route("GET", "/stacks/detail", "stacks:detail", stacks.detail),
    *(
        Route(method, "/stacks/{name}", "stacks:lookup", lookup.stack)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    ),
    Route("GET", STACK, None, stacks.show_or_below),
    Route("POST", STACK, "stacks:lookup", lookup.below_post),
    Route("PUT", STACK, "stacks:update", stack_changes.update),
    Route("PATCH", STACK, "stacks:update_patch", stack_changes.update_patch),
    Route("DELETE", STACK, "stacks:delete", stack_changes.delete),
    Route("PUT", f"{STACK}/preview", "stacks:preview_update", stack_changes.preview_update),
    Route(
        "PATCH",
        f"{STACK}/preview",
        "stacks:preview_update_patch",
        stack_changes.preview_update_patch,
    ),
    Route("PUT", f"{STACK}/plan", "stacks:preview_update", stack_changes.plan_update),
    Route("PATCH", f"{STACK}/plan", "stacks:preview_update_patch", stack_changes.plan_update_patch),
    Route("GET", f"{STACK}/template", "stacks:template", stacks.template),
    Route("GET", f"{STACK}/environment", "stacks:environment", stacks.environment),
    Route("GET", f"{STACK}/files", "stacks:files", stacks.files),
    Route("GET", f"{STACK}/outputs", "stacks:list_outputs", stacks.list_outputs),
    Route("GET", f"{STACK}/outputs/{{output_key}}", "stacks:show_output", stacks.show_output),
    Route("POST", f"{STACK}/actions", "actions:action", stack_changes.act),
    Route("DELETE", f"{STACK}/abandon", "stacks:abandon", leaving.abandon),
    Route("GET", f"{STACK}/export", "stacks:export", leaving.export),
    Route("GET", f"{STACK}/snapshots", "stacks:list_snapshots", snapshots.index),
    Route("POST", f"{STACK}/snapshots", "stacks:snapshot", snapshots.keep),
    Route("GET", SNAPSHOT, "stacks:show_snapshot", snapshots.show),
    Route("DELETE", SNAPSHOT, "stacks:delete_snapshot", snapshots.delete),
    Route("POST", f"{SNAPSHOT}/restore", "stacks:restore_snapshot", snapshots.restore),
    Route("GET", f"{STACK}/resources", "resource:index", resources.index),
    Route("GET", RESOURCE, "resource:show", resources.show),
    Route("PATCH", RESOURCE, "resource:mark_unhealthy", resources.mark_unhealthy),
    Route("GET", f"{RESOURCE}/metadata", "resource:metadata", resources.metadata),
    Route("POST", f"{RESOURCE}/signal", "resource:signal", resources.signal, free=True),
    Route("GET", f"{STACK}/events", "events:index", events.index),
    Route("GET", f"{STACK}/causes", "events:index", causes.index),
    Route("GET", f"{RESOURCE}/events", "events:index", events.of_resource),
    Route("GET", f"{RESOURCE}/events/{{event}}", "events:show", events.show),
    Route("POST", "/validate", "stacks:validate_template", stack_changes.validate),
    Route("GET", "/resource_types", "stacks:list_resource_types", catalogue.list_types),
    Route("GET", "/resource_types/{type_name}", "stacks:resource_schema", catalogue.show_type),
    Route(
        "GET",
        "/resource_types/{type_name}/template",
        "stacks:generate_template",
        catalogue.type_template,
    ),
    Route("GET", "/template_versions", "stacks:list_template_versions", catalogue.list_versions),
    Route(
        "GET",
        "/template_versions/{version}/functions",
        "stacks:list_template_functions",
        catalogue.list_functions,
    ),
    Route("GET", "/build_info", "build_info:build_info", catalogue.build_info),
    Route("GET", "/services", "service:index", services.index),
    Route("GET", "/software_configs", "software_configs:index", configs.index),
    Route("POST", "/software_configs", "software_configs:create", configs.create),
    Route("GET", "/software_configs/{config_id}", "software_configs:show", configs.show),
    Route("DELETE", "/software_configs/{config_id}", "software_configs:delete", configs.delete),
    Route("GET", DEPLOYMENTS, "software_deployments:index", deployments.index),
    Route("POST", DEPLOYMENTS, "software_deployments:create", deployments.create),
    Route(
        "GET",
        f"{DEPLOYMENTS}/metadata/{{server_id}}",
        "software_deployments:metadata",
        deployments.metadata,
    ),
    Route("GET", DEPLOYMENT, "software_deployments:show", deployments.show),
    Route("PUT", DEPLOYMENT, "software_deployments:update", deployments.update),
    Route("DELETE", DEPLOYMENT, "software_deployments:delete", deployments.delete),
)
