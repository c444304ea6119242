"""What differs between HOT and CFN before there is a tree: the names of sections and keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from hearth.template.functions import (
    ALIASES,
    CFN_VERSIONS,
    HOT_VERSIONS,
    Functions,
    cfn_functions,
    hot_functions,
)

HOT_KEY = "heat_template_version"
VERSION_KEYS = (HOT_KEY, *CFN_VERSIONS)


@dataclass(frozen=True)
class Dialect:
    """One version of one dialect.

    sections, resource, output: our name of a section or key → how it is written.
    parameter_types: how a type is written → our name of it.
    """

    name: str
    key: str
    version: str
    functions: Functions
    sections: Mapping[str, str]
    resource: Mapping[str, str]
    output: Mapping[str, str]
    parameter_types: Mapping[str, str]
    deletion_policies: tuple[str, ...]
    lenient_keys: bool = False
    pseudo: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def resource_keys(self) -> Mapping[str, str]:
        """How a key is written → our name of it."""
        return {word: key for key, word in self.resource.items()}

    @property
    def conditional(self) -> bool:
        """Whether it has conditions."""
        return "conditions" in self.sections


_HOT_SECTIONS = (
    "description",
    "parameter_groups",
    "parameters",
    "resources",
    "outputs",
)
_HOT_RESOURCE = (
    "type",
    "properties",
    "metadata",
    "depends_on",
    "deletion_policy",
    "update_policy",
    "description",
)
_POLICIES = ("Delete", "Retain", "Snapshot")
_HOT_TYPES = {
    "string": "String",
    "number": "Number",
    "comma_delimited_list": "CommaDelimitedList",
    "json": "Json",
    "boolean": "Boolean",
}
_CFN_SECTIONS = {
    "description": "Description",
    "mappings": "Mappings",
    "parameters": "Parameters",
    "resources": "Resources",
    "outputs": "Outputs",
}
_CFN_RESOURCE = {
    "type": "Type",
    "properties": "Properties",
    "metadata": "Metadata",
    "depends_on": "DependsOn",
    "deletion_policy": "DeletionPolicy",
    "update_policy": "UpdatePolicy",
    "description": "Description",
}
HOT_PSEUDO = {
    "stack_name": "OS::stack_name",
    "stack_id": "OS::stack_id",
    "project_id": "OS::project_id",
}
CFN_PSEUDO = {"stack_name": "AWS::StackName", "arn": "AWS::StackId", "region": "AWS::Region"}


@cache
def dialect(key: str, version: str) -> Dialect | None:
    """The dialect that a version key and its value name; None if there is no such version."""
    if key == HOT_KEY:
        known = ALIASES.get(version, version)
        return _hot(known) if known in HOT_VERSIONS else None
    return _cfn(key, version) if CFN_VERSIONS[key] == version else None


def _hot(known: str) -> Dialect:
    newton = known >= "2016-10-14"
    sections = _HOT_SECTIONS + (("conditions",) if newton else ())
    resource = _HOT_RESOURCE + (("condition", "external_id") if newton else ())
    output = ("description", "value") + (("condition",) if newton else ())
    lower = tuple(policy.lower() for policy in _POLICIES) if newton else ()
    return Dialect(
        name="hot",
        key=HOT_KEY,
        version=known,
        functions=hot_functions(known),
        sections={one: one for one in sections},
        resource={one: one for one in resource},
        output={one: one for one in output},
        parameter_types=_HOT_TYPES,
        deletion_policies=_POLICIES + lower,
        pseudo=HOT_PSEUDO,
    )


def _cfn(key: str, version: str) -> Dialect:
    aws = key == "AWSTemplateFormatVersion"
    more = {"conditions": "Conditions"} if aws else {}
    one = {"condition": "Condition"} if aws else {}
    return Dialect(
        name="cfn",
        key=key,
        version=version,
        functions=cfn_functions(key),
        sections=_CFN_SECTIONS | more,
        resource=_CFN_RESOURCE | one,
        output={"description": "Description", "value": "Value"} | one,
        parameter_types={name: name for name in _HOT_TYPES.values()},
        deletion_policies=_POLICIES,
        lenient_keys=True,
        pseudo=CFN_PSEUDO,
    )


def accepted(key: str) -> list[str]:
    """The values that a version key may have."""
    return [*HOT_VERSIONS, *ALIASES] if key == HOT_KEY else [CFN_VERSIONS[key]]
