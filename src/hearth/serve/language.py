"""What the API tells of template versions and functions, drawn from the template package."""

from typing import Any

from hearth.template.functions import (
    ALIASES,
    CFN_VERSIONS,
    HOT_VERSIONS,
    Functions,
    cfn_functions,
    hot_functions,
    usable,
)
from hearth.template.nodes import Function

HOT = "heat_template_version"


class TemplateLanguage:
    """All versions and functions, as documents."""

    def versions(self) -> list[dict[str, Any]]:
        """Documents {version, type, aliases}, the oldest first."""
        hot = [
            {
                "version": f"{HOT}.{version}",
                "type": "hot",
                "aliases": [f"{HOT}.{name}" for name, of in ALIASES.items() if of == version],
            }
            for version in HOT_VERSIONS
        ]
        cfn = [
            {"version": f"{key}.{version}", "type": "cfn", "aliases": []}
            for key, version in CFN_VERSIONS.items()
        ]
        return hot + cfn

    def functions(self, version: str, *, conditions: bool) -> list[dict[str, str]] | None:
        """Documents {functions, description} of a version, None for an unknown one."""
        known = _functions(version)
        if known is None:
            return None
        found = usable(known.values) | (usable(known.conditions) if conditions else {})
        return [
            {"functions": name, "description": _sentence(one)}
            for name, one in sorted(found.items())
        ]


def _sentence(function: Function) -> str:
    """The first line of what its code says of it; a function made by `partial` is its inner one."""
    code = getattr(function.run, "func", function.run)
    return (code.__doc__ or "").partition("\n")[0]


def _functions(version: str) -> Functions | None:
    key, _, dated = version.partition(".")
    if key == HOT:
        dated = ALIASES.get(dated, dated)
        return hot_functions(dated) if dated in HOT_VERSIONS else None
    return cfn_functions(key) if CFN_VERSIONS.get(key) == dated else None
