"""Placement: the compute hosts as providers of resources, to read only."""

from typing import ClassVar

from hearth.sandbox.compute import Compute
from hearth.sandbox.compute.hosts import host_names
from hearth.sandbox.store import Document
from hearth.sandbox.versions import described, dotted, negotiate
from hearth.sandbox.web import Answer, Call, Json, Refusal, Route
from hearth.sandbox.world import Part, Service

LOWEST, HIGHEST = (1, 0), (1, 39)


class Placement(Service):
    """The simulated Placement."""

    name: ClassVar[str] = "placement"
    prefix: ClassVar[str] = "/placement"

    def prepare(self, call: Call) -> None:
        """Negotiate the microversion."""
        call.version = negotiate(call.headers, "placement", LOWEST, HIGHEST)

    def finish(self, call: Call, headers: dict[str, str]) -> None:
        """Say which microversion was spoken."""
        headers["OpenStack-API-Version"] = f"placement {dotted(max(call.version, LOWEST))}"

    def refusal(self, call: Call, refusal: Refusal) -> Answer:
        """Placement's error document: a list of errors."""
        error = {"status": refusal.status, "detail": refusal.message, "title": refusal.kind}
        return Answer(refusal.status, {"errors": [error]}, refusal.headers)

    def nova(self) -> Compute | None:
        """Nova, whose hosts these are."""
        nova = self.world.neighbours.compute
        return nova if isinstance(nova, Compute) else None


def versions(placement: Placement, call: Call) -> Answer:
    """The one version."""
    document = described("v1.0", placement.world.url("/placement/"), lowest=LOWEST, highest=HIGHEST)
    document["max_version"] = document.pop("version")
    return Answer(200, {"versions": [document]})


def list_providers(placement: Placement, call: Call) -> Answer:
    """Each host."""
    _need_admin(call)
    nova = placement.nova()
    names = host_names(nova) if nova is not None else []
    shown = [_provider(name) for name in names if call.arg("name") in (None, name)]
    return Answer(200, {"resource_providers": shown})


def show_inventories(placement: Placement, call: Call) -> Answer:
    """What a host has."""
    name = _host(placement, call)
    settings = placement.world.settings
    totals = {
        "VCPU": settings.host_vcpus,
        "MEMORY_MB": settings.host_memory_mb,
        "DISK_GB": settings.host_disk_gb,
    }
    found = {
        kind: {
            "total": total,
            "reserved": 0,
            "min_unit": 1,
            "max_unit": total,
            "step_size": 1,
            "allocation_ratio": 1.0,
        }
        for kind, total in totals.items()
    }
    return Answer(200, {"inventories": found, "resource_provider_generation": len(name)})


def show_usages(placement: Placement, call: Call) -> Answer:
    """What is taken of a host."""
    name, nova = _host(placement, call), placement.nova()
    servers: list[Document] = nova.servers.where("host", name) if nova is not None else []
    fields = {"VCPU": "vcpus", "MEMORY_MB": "ram", "DISK_GB": "disk"}
    used = {kind: sum(one["flavor"][field] for one in servers) for kind, field in fields.items()}
    return Answer(200, {"usages": used, "resource_provider_generation": len(name)})


def _provider(name: str) -> Json:
    key = _key(name)
    links = [
        {"rel": rel, "href": f"/placement/resource_providers/{key}{path}"}
        for rel, path in (("self", ""), ("inventories", "/inventories"), ("usages", "/usages"))
    ]
    root = {"parent_provider_uuid": None, "root_provider_uuid": key}
    return {"uuid": key, "name": name, "generation": len(name), "links": links, **root}


def _key(name: str) -> str:
    return f"00000000-0000-4000-8000-{int(name.rpartition('-')[2]):012x}"


def _host(placement: Placement, call: Call) -> str:
    _need_admin(call)
    nova, wanted = placement.nova(), call.params["provider_id"]
    for name in host_names(nova) if nova is not None else []:
        if _key(name) == wanted:
            return name
    raise Refusal(404, f"No resource provider with uuid {wanted} found", "Not Found")


def _need_admin(call: Call) -> None:
    if not call.admin:
        raise Refusal(403, "placement:resource_providers:list is for administrators", "Forbidden")


_ONE = "/resource_providers/{provider_id}"

PART = Part(
    Placement,
    (
        Route("GET", "", versions, open=True),
        Route("GET", "/resource_providers", list_providers),
        Route("GET", _ONE + "/inventories", show_inventories),
        Route("GET", _ONE + "/usages", show_usages),
    ),
)
