"""What a user gives to make a stack from: the body of create, update, preview and validate."""

from collections.abc import Mapping
from typing import Any

import msgspec

from hearth.api.heat.asking import boolean, text, whole
from hearth.api.heat.faults import BadRequest
from hearth.base.errors import Refused
from hearth.bus import Source

TAG_LIMIT = 80


def source(body: Mapping[str, Any], *, template_needed: bool = True) -> Source:
    """The template and what goes with it, as they came; only their outer form is checked."""
    template = body.get("template")
    url = text("template_url", body.get("template_url"))
    if template is None and url is None and template_needed:
        raise BadRequest("No template specified")
    if template is not None and not isinstance(template, (dict, str)):
        raise BadRequest('"template" must be an object, or a text in YAML or JSON.')
    environment = body.get("environment")
    if environment is not None and not isinstance(environment, (dict, str)):
        raise BadRequest('"environment" must be an object, or a text in YAML or JSON.')
    names = body.get("environment_files")
    if names is not None and not isinstance(names, list):
        raise BadRequest('"environment_files" must be a list of names in "files".')
    return Source(
        template=template,
        template_url=url,
        environment=environment,
        environment_files=None if names is None else tuple(str(name) for name in names),
        files=_mapping(body, "files"),
        files_container=text("files_container", body.get("files_container")),
        parameters=_mapping(body, "parameters"),
        parameters_win=boolean("parameters_win", body.get("parameters_win", False)),
    )


def _mapping(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name, {})
    if name == "parameters" and name in body and value is None:
        raise BadRequest('"parameters" must be an object.')
    if value is None or (name == "parameters" and value == []):
        return {}
    if not isinstance(value, dict):
        kind = "AttributeError" if name == "files" and not value else "ValueError"
        raise Refused(f'"{name}" must be an object.', kind=kind)
    return value


def timeout_mins(body: Mapping[str, Any]) -> int | None:
    """The time that the stack may take; 0 is the same as nothing."""
    value = body.get("timeout_mins")
    return None if value is None else (whole("timeout_mins", value) or None)


def expected_version(body: Mapping[str, Any]) -> int | None:
    """The version that the stack must still have; None if any will do."""
    value = body.get("expected_version")
    return None if value is None else whole("expected_version", value)


def disable_rollback(body: Mapping[str, Any]) -> bool | None:
    """Whether a failed stack stays as it is; None if not said."""
    value = body.get("disable_rollback")
    return None if value is None else boolean("disable_rollback", value)


def tags(body: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The tags of the stack, from a text with commas; None if not said."""
    value = body.get("tags")
    if value is None:
        return None
    if isinstance(value, list):
        for tag in value:
            if not isinstance(tag, str) or "," in tag:
                raise BadRequest(f'Invalid tag, "{tag}" is not a text without commas.')
    elif not isinstance(value, str):
        raise BadRequest(f'Invalid tags, "{value}" is not a text with commas.')
    found = tuple(value.split(",") if isinstance(value, str) else value)
    for tag in found:
        if len(tag) > TAG_LIMIT:
            raise BadRequest(f'Invalid tag, "{tag}" is longer than {TAG_LIMIT} characters')
    return found


def converge(body: Mapping[str, Any]) -> bool:
    """Whether an update compares with what the cloud shows."""
    value = body.get("converge")
    return False if value is None else boolean("converge", value)


def refuse_converge(body: Mapping[str, Any]) -> None:
    """What only an update understands."""
    if "converge" in body:
        raise BadRequest(
            '"converge" flag only supported in stack update (or update preview) request.'
        )


def cleared(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The stored parameters to forget."""
    value = body.get("clear_parameters")
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadRequest('"clear_parameters" must be a list of names.')
    return tuple(str(name) for name in value)


def adopted(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The document of an abandoned stack that is to be taken over; None without one."""
    value = body.get("adopt_stack_data")
    if value is None:
        return None
    try:
        document = msgspec.json.decode(value) if isinstance(value, str) else value
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadRequest(f'"adopt_stack_data" is not JSON: {error}') from error
    if not isinstance(document, dict):
        raise BadRequest('"adopt_stack_data" must be an object.')
    return document


def template_of(adopt: Mapping[str, Any]) -> dict[str, Any]:
    """The template of an abandoned stack, which no other takes the place of."""
    if not isinstance(adopt.get("template"), (dict, str)):
        raise BadRequest("Invalid adopt data: 'template'")
    return {"template": adopt["template"], "template_url": None}
