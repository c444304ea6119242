"""Which version of which dialect has which functions."""

from collections.abc import Mapping
from dataclasses import dataclass

from hearth.template.functions import amazon, collections, logic, others, references, texts
from hearth.template.nodes import Function

ALIASES: Mapping[str, str] = {
    "newton": "2016-10-14",
    "ocata": "2017-02-24",
    "pike": "2017-09-01",
    "queens": "2018-03-02",
    "rocky": "2018-08-31",
    "wallaby": "2021-04-16",
}
HOT_VERSIONS = (
    "2013-05-23",
    "2014-10-16",
    "2015-04-30",
    "2015-10-15",
    "2016-04-08",
    "2016-10-14",
    "2017-02-24",
    "2017-09-01",
    "2018-03-02",
    "2018-08-31",
    "2021-04-16",
)
CFN_VERSIONS: Mapping[str, str] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "HeatTemplateFormatVersion": "2012-12-12",
}


@dataclass(frozen=True, slots=True)
class Functions:
    """What a version recognises, in values and in conditions."""

    values: Mapping[str, Function]
    conditions: Mapping[str, Function]


_ALWAYS = (
    references.GET_PARAM,
    references.GET_RESOURCE,
    references.GET_FILE,
    references.RESOURCE_FACADE,
)
_LEGACY = (
    amazon.REF,
    amazon.GET_AZS,
    amazon.JOIN,
    amazon.SPLIT,
    amazon.REPLACE,
    amazon.BASE64,
    amazon.MEMBER_LIST_TO_MAP,
    amazon.FN_FACADE,
)

_SINCE: Mapping[str, tuple[Function, ...]] = {
    "2013-05-23": (
        *_ALWAYS,
        *_LEGACY,
        references.GET_ATTR_WHOLE,
        texts.LIST_JOIN,
        texts.STR_REPLACE,
        amazon.SELECT,
    ),
    "2014-10-16": (
        references.GET_ATTR_PATH,
        *(logic.unsupported(one.name) for one in _LEGACY),
    ),
    "2015-04-30": (collections.REPEAT_LISTS, texts.DIGEST),
    "2015-10-15": (
        references.GET_ATTR_ALL,
        texts.LIST_JOIN_SEVERAL,
        texts.STR_REPLACE_DEEP,
        texts.STR_SPLIT,
        logic.unsupported("Fn::Select"),
    ),
    "2016-04-08": (collections.MAP_MERGE,),
    "2016-10-14": (
        collections.REPEAT_MAPS,
        others.YAQL,
        collections.MAP_REPLACE,
        logic.IF,
    ),
    "2017-02-24": (collections.FILTER, texts.STR_REPLACE_STRICT),
    "2017-09-01": (
        collections.REPEAT_ZIPS,
        others.MAKE_URL,
        collections.LIST_CONCAT,
        collections.LIST_CONCAT_UNIQUE,
        texts.STR_REPLACE_VSTRICT,
        collections.CONTAINS,
    ),
    "2018-03-02": (),
    "2018-08-31": (),
    "2021-04-16": (logic.IF_TWO,),
}
"""What each version adds or changes, by its predecessor's table."""

_CONDITIONS = (references.GET_PARAM, logic.EQUALS, logic.NOT, logic.AND, logic.OR)
_CFN_VALUES = (*_LEGACY, amazon.GET_ATT, amazon.FIND_IN_MAP, amazon.SELECT)


def hot_functions(version: str) -> Functions:
    """What a HOT version recognises."""
    values: dict[str, Function] = {}
    for since, added in _SINCE.items():
        if since <= version:
            values |= {one.name: one for one in added}
    if version < "2016-10-14":
        return Functions(values, {})
    allowed: tuple[Function, ...] = _CONDITIONS
    if version >= "2017-09-01":
        allowed += (others.YAQL, collections.CONTAINS)
    return Functions(values, _conditions(values, allowed))


def cfn_functions(key: str) -> Functions:
    """What a version of the CFN dialect recognises, by its version key."""
    values = {one.name: one for one in _CFN_VALUES}
    if key != "AWSTemplateFormatVersion":
        return Functions(values, {})
    values[logic.FN_IF.name] = logic.FN_IF
    allowed = (
        amazon.PARAM_REF,
        amazon.FIND_IN_MAP,
        logic.FN_EQUALS,
        logic.FN_NOT,
        logic.FN_AND,
        logic.FN_OR,
    )
    return Functions(values, _conditions(values, allowed))


def _conditions(
    values: Mapping[str, Function], allowed: tuple[Function, ...]
) -> Mapping[str, Function]:
    """The allowed ones; what else is known says that it has no place there."""
    refused = {name: logic.misplaced(name) for name in values}
    return refused | {one.name: one for one in allowed}


def usable(table: Mapping[str, Function]) -> dict[str, Function]:
    """The functions of a table that can be used; the others are in it to be refused."""
    return {name: one for name, one in table.items() if not one.refused}
