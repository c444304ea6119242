"""Templates that nobody would write: made by chance, and carried through the whole language."""

import json
from typing import Any

from hypothesis import strategies as st

from hearth.schema import GENERIC, generic
from hearth.serve.registry import registry
from hearth.template import (
    Around,
    Checks,
    Pseudo,
    Scope,
    bind,
    evaluate,
    parse,
    parse_document,
    parse_environment,
    validate,
)
from hearth.template.functions import CFN_VERSIONS, HOT_VERSIONS, cfn_functions, hot_functions

TYPES = registry()
NAMES = ["a", "b", "c", "p", "OS::stack_name", "t.yaml", "%index%", "", "*", "a*b", "[z-a]", "[]"]
KINDS = ["string", "number", "json", "boolean", "comma_delimited_list", "String", "Number", "x"]
PATTERNS = ["[a-z]+", "(", "a{2,1}", "(?P<x>a)", "\\1", ""]
USED = [
    "OS::Heat::None", "OS::Heat::Value", "OS::Heat::ResourceGroup", "OS::Heat::RandomString",
    "OS::Nova::Server", "OS::Neutron::Port", "t.yaml", "u.yaml", "No::Such", "",
]  # fmt: skip
_TABLES = [*map(hot_functions, HOT_VERSIONS), *map(cfn_functions, CFN_VERSIONS)]
FUNCTIONS = sorted({name for one in _TABLES for name in (*one.values, *one.conditions)})

names = st.sampled_from(NAMES) | st.text(max_size=4)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | names
    | st.sampled_from(["1", "1.5", "{}", "[1]", "1:59:59", ".inf", "0x1f", "2020-01-01"])
)


CHOICES = st.sampled_from([False, True, {"equals": [1, 2]}, {"equals": [1, 1]}])
FORMS: list[tuple[str, Any]] = [
    ("filter", [["a"], ["a", "b"]]),
    ("contains", ["a", ["a"]]),
    ("list_join", [",", ["a"], ["b"]]),
    ("str_split", [",", "a,b", 0]),
    ("digest", ["md5", "a"]),
    ("map_merge", [{"a": 1}, {"b": 1}]),
    ("map_replace", [{"a": 1}, {"keys": {"a": "b"}, "values": {}}]),
    ("list_concat", [["a"], ["b"]]),
    ("get_attr", ["a", "b", "c"]),
    ("get_param", ["p", "a"]),
    *((name, {"template": "ab", "params": {"a": "b"}}) for name in
      ("str_replace", "str_replace_strict", "str_replace_vstrict")),
    ("repeat", {"for_each": {"a": ["x"]}, "template": "a", "permutations": False}),
    ("yaql", {"expression": "$.data", "data": 1}),
    ("make_url", {"scheme": "http", "host": "h", "port": 80, "query": {}}),
]  # fmt: skip
formed = st.sampled_from(FORMS)
"""Calls as they should be, in which then one argument is another, or is not there."""


def _vanished(form: tuple[str, Any], at: int, value: Any) -> dict[str, Any]:
    name, argument = form
    keys = list(argument) if isinstance(argument, dict) else list(range(len(argument)))
    changed = argument.copy()
    changed[keys[at % len(keys)]] = {"if": [{"equals": [1, 2]}, value]} if at % 2 else value
    return {name: changed}


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(inner, max_size=4)
    return (
        lists
        | st.dictionaries(names, inner, max_size=3)
        | st.builds(lambda key, value: {key: value}, st.sampled_from(FUNCTIONS), inner | lists)
        | st.builds(
            lambda each, template: {"repeat": {"for_each": each, "template": template}},
            st.dictionaries(names, lists, max_size=3),
            inner,
        )
        | st.builds(
            lambda text, params: {"str_replace": {"template": text, "params": params}},
            inner,
            st.dictionaries(names, inner, max_size=3),
        )
        | st.builds(lambda *three: {"if": list(three)}, inner, inner, inner)
        | st.builds(lambda choice, value: {"if": [choice, value]}, CHOICES, inner)
        | st.builds(_vanished, formed, st.integers(0, 9), inner)
    )


values = st.recursive(scalars, _grown, max_leaves=12)
bounds = st.fixed_dictionaries({}, optional={"min": scalars, "max": scalars})
constraints = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "length": bounds,
            "range": bounds,
            "modulo": st.fixed_dictionaries({"step": scalars, "offset": scalars}),
            "allowed_values": st.lists(scalars, max_size=3),
            "allowed_pattern": st.sampled_from(PATTERNS),
            "custom_constraint": st.sampled_from([*sorted(GENERIC), "no.such"]),
        },
    ),
    max_size=2,
)
parameters = st.dictionaries(
    names,
    st.fixed_dictionaries(
        {"type": st.sampled_from(KINDS)},
        optional={"default": values, "constraints": constraints | values, "hidden": scalars},
    )
    | values,
    max_size=3,
)
properties = st.dictionaries(
    st.sampled_from(["value", "count", "resource_def", "length", "networks", "name", "type"]),
    values,
    max_size=3,
)
resources = st.dictionaries(
    names,
    st.fixed_dictionaries(
        {"type": st.sampled_from(USED)},
        optional={
            "properties": properties | values,
            "metadata": values,
            "depends_on": values,
            "condition": values,
            "deletion_policy": values,
            "update_policy": values,
            "external_id": values,
        },
    )
    | values,
    max_size=4,
)
outputs = st.dictionaries(names, st.fixed_dictionaries({"value": values}) | values, max_size=3)
hot = st.fixed_dictionaries(
    {"heat_template_version": st.sampled_from(sorted(HOT_VERSIONS))},
    optional={
        "parameters": parameters | values,
        "conditions": st.dictionaries(names, values, max_size=3) | values,
        "resources": resources | values,
        "outputs": outputs | values,
        "parameter_groups": values,
    },
)
cfn = st.builds(
    lambda version, sections: {version: CFN_VERSIONS[version], **sections},
    st.sampled_from(sorted(CFN_VERSIONS)),
    st.dictionaries(
        st.sampled_from(["Parameters", "Mappings", "Conditions", "Resources", "Outputs"]),
        st.dictionaries(names, st.dictionaries(st.sampled_from(
            ["Type", "Properties", "Value", "Default", "DependsOn", "Condition", "Metadata"]
        ), values, max_size=3) | values, max_size=3),
    ),
)  # fmt: skip
documents = hot | cfn | st.dictionaries(names, values, max_size=3)
environments = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "parameters": st.dictionaries(names, values, max_size=3) | values,
        "parameter_defaults": st.dictionaries(names, values, max_size=3) | values,
        "resource_registry": st.dictionaries(names, names | values, max_size=3) | values,
        "event_sinks": values,
    },
)
texts = st.builds(
    lambda document, at, junk: (
        (text := json.dumps(document))[: at % (len(text) + 1)] + junk + text[at % (len(text) + 1) :]
    ),
    documents,
    st.integers(0, 5000),
    st.text(alphabet="{}[]:,&*!|>-#%@'\"\\ \n\t~?<=ab01.é\x00", max_size=8),
)


def carry(template: Any, environment: Any = None, given: Any = None, nested: Any = None) -> None:
    """Through the parser, the environment, binding, validation and evaluation."""
    text = isinstance(template, str | bytes)
    parsed, report = parse(template) if text else parse_document(template)
    assert parsed is not None or not report.ok
    if parsed is None:
        return
    env, _report = parse_environment(environment)
    checks = Checks(custom=lambda name, value: generic(name, value, 1.8e9))
    bound, _report = bind(parsed, env, given or {}, Pseudo("s", "i", "p"), checks)
    files = {"t.yaml": json.dumps(nested), "u.yaml": json.dumps(template, default=str)}
    around = Around(files=files, max_resources=1000)
    validate(parsed, env, bound, TYPES, around)
    scope = Scope(parameters=bound, files=files)
    for output in parsed.outputs.values():
        evaluate(output.value, scope)
    bound.shown()
