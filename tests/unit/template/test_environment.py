"""hearth.template.environment and hearth.template.registry."""

from typing import Any

import pytest

from hearth.template import Environment, Registry, merged, parse_environment


def environment(text):
    found, report = parse_environment(text, "env.yaml")
    assert report.ok, list(report)
    return found


def test_types_are_mapped_exactly_by_prefix_many_to_one_and_through_one_another():
    registry = environment(
        "resource_registry:\n  A: B\n  B: c.yaml\n  'OS::Q*': 'OS::Neutron*'\n  'X::*': d.yaml\n"
        "  'OS::Q::Special': e.yaml\n"
    ).registry

    names = ("A", "OS::Q::Net", "X::Y", "OS::Q::Special", "Z")
    assert [registry.resolve(one) for one in names] == [
        "c.yaml",
        "OS::Neutron::Net",
        "d.yaml",
        "OS::Neutron::Special",
        "Z",
    ]


def test_what_is_written_first_in_the_alphabet_counts_first_where_it_leads_somewhere():
    registry = Registry({"My::A": "exact", "My::*": "all::*", "M*": "most"})

    assert registry.resolve("My::A") == "most"
    assert registry.resolve("My::A", "", {"all::A", "exact"}.__contains__) == "all::A"
    assert registry.resolve("My::A", "", {"exact"}.__contains__) == "exact"
    assert registry.resolve("My::B", "", {"exact"}.__contains__) == "most"


def test_all_of_a_prefix_may_become_one_type_that_has_the_prefix():
    registry = Registry({"OS::Heat::*": "OS::Heat::None"})

    assert registry.resolve("OS::Heat::Value") == "OS::Heat::None"
    assert registry.resolve("OS::Heat::None") == "OS::Heat::None"


def test_mappings_in_a_circle_end():
    assert Registry({"A": "B", "B": "A"}).resolve("A") == "B"
    assert Registry({"A": "B", "B": "A"}).circles("A") == ("A", "B", "A")
    assert Registry({"A": "B", "t.yaml": "t.yaml"}).circles("A") == ()
    assert Registry({"t.yaml": "t.yaml"}).circles("t.yaml") == ()


def test_a_resource_may_have_its_own_mapping_and_hooks_by_name_or_glob():
    registry = environment("""resource_registry:
  T: general.yaml
  resources:
    db_*: {T: own.yaml, hooks: [pre-create, pre-delete]}
    one: {hooks: pre-update, restricted_actions: replace}
    nested: {inner: {hooks: post-create}}
""").registry

    assert registry.resolve("T", "db_1") == "own.yaml"
    assert registry.resolve("T", "web") == "general.yaml"
    assert registry.hooks("db_1") == {"pre-create", "pre-delete"}
    assert registry.restricted("one") == {"replace"}
    assert registry.child("nested").hooks("inner") == {"post-create"}


def test_a_user_goes_over_the_operator_and_null_takes_a_mapping_away():
    operator = environment("resource_registry: {A: a.yaml, B: b.yaml}\nparameter_defaults: {x: 1}")
    user = environment("resource_registry: {A: ~, B: c.yaml}\nparameter_defaults: {y: 2}")

    found = user.over(operator)

    assert [found.registry.resolve(one) for one in "AB"] == ["A", "c.yaml"]
    assert found.parameter_defaults == {"x": 1, "y": 2}


def test_a_nested_stack_has_the_defaults_and_not_the_parameters():
    found = environment("parameters: {a: 1}\nparameter_defaults: {b: 2}").child("r")

    assert (found.parameters, found.parameter_defaults) == ({}, {"b": 2})


def test_it_comes_back_from_its_document():
    found = environment(
        "parameters: {a: 1}\nresource_registry: {A: B, resources: {r: {C: D}}}\n"
        "event_sinks: [{type: zaqar-queue, target: q}]\n"
    )

    assert Environment.from_document(found.to_document()) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("wibble: {}", 'wrong section "wibble"'),
        ("parameters:", 'empty section "parameters"'),
        ("abc", "not a valid YAML mapping"),
        ("resource_registry: abc", "must be a map"),
        ("a: [b", "cannot be read"),
        ("resource_registry: {resources: {a: {hooks: pre-lunch}}}", "pre-lunch"),
    ],
)
def test_what_is_wrong_is_told(text, words):
    _, report = parse_environment(text)

    assert any(words in one.sentence for one in report.errors)


def merge(*files, types):
    names = [f"{number}.yaml" for number, _ in enumerate(files)]
    return merged(names, dict(zip(names, files, strict=True)), types)


def test_files_are_laid_over_one_another_as_their_strategies_say():
    types = {"s": "String", "l": "CommaDelimitedList", "j": "Json", "d": "Json", "o": "String"}
    strategies = "parameter_merge_strategies: {s: merge, l: merge, j: merge, d: deep_merge}\n"
    first = "parameters: {s: a, l: [x], j: {k: {a: 1}}, d: {k: {a: 1}, l: [1]}, o: x}"
    second = "parameters: {s: b, l: 'y,z', j: {k: {b: 2}}, d: {k: {b: 2}, l: [2]}, o: y}"

    found, report = merge(strategies + first, strategies + second, types=types)

    assert report.ok
    assert found.parameters == {
        "s": "ab",
        "l": ["x", "y", "z"],
        "j": {"k": {"b": 2}},
        "d": {"k": {"a": 1, "b": 2}, "l": [1, 2]},
        "o": "y",
    }


def test_two_strategies_for_one_parameter_are_a_conflict():
    _, report = merge(
        "parameters: {s: a}",
        "parameter_merge_strategies: {s: merge}\nparameters: {s: b}",
        types={"s": "String"},
    )

    assert [one.kind for one in report] == ["ConflictingMergeStrategyForParam"]


@pytest.mark.parametrize(
    "document",
    [
        {"resource_registry": {"resources": {"x": 1}}},
        {"resource_registry": {"resources": [1]}},
        {"event_sinks": ["x"]},
    ],
)
def test_entries_that_must_be_maps_are_asked_for_and_left_out(document):
    found, report = parse_environment(document)

    [problem] = report.errors
    assert problem.kind in ("HTTPBadRequest", "AttributeError")
    assert "must be a map" in next(iter(report.errors)).sentence
    assert found.registry.resolve("T", "x") == "T"
    assert found.to_document()["event_sinks"] == []


def test_one_nested_too_deep_is_refused():
    value: list[Any] = []
    for _ in range(600):
        value = [value]

    _, report = parse_environment({"parameters": {"a": value}})

    assert "nested more than 120 levels deep" in report.errors[0].sentence


def laid(*texts: str) -> tuple[Environment, list[str]]:
    """Files of these texts laid over one another, and what is wrong with them."""
    files = {f"{number}.yaml": text for number, text in enumerate(texts)}
    found, report = merged(list(files), files, {"p": "String", "j": "Json"})
    return found, [one.kind for one in report]


def test_the_first_file_that_has_a_parameter_decides_how_it_is_merged():
    merging = "parameters: {p: f}\nparameter_merge_strategies: {default: merge}"
    deep = "parameters: {p: g}\nparameter_merge_strategies: {default: deep_merge}"
    other = "parameters: {p: g}\nparameter_merge_strategies: {p: overwrite}"

    assert laid(merging, "parameters: {p: g}")[0].parameters == {"p": "fg"}
    assert laid("parameters: {p: f}", deep)[0].parameters == {"p": "g"}
    assert laid(merging, other)[1] == ["ConflictingMergeStrategyForParam"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("resource_registry: {a: 5}", "AttributeError"),
        ("resource_registry: {a: [b]}", "AttributeError"),
        ("resource_registry: {resources: []}", "AttributeError"),
        ("resource_registry: {resources: {a: {hooks: 5}}}", "InvalidBreakPointHook"),
        ("resource_registry: {resources: {a: {restricted_actions: 5}}}", "InvalidRestrictedAction"),
        ("event_sinks: abc", "AttributeError"),
        ("event_sinks: [{type: pigeon}]", "KeyError"),
    ],
)
def test_what_an_environment_cannot_mean_is_told_of(text, kind):
    _found, report = parse_environment(text)

    assert [one.kind for one in report] == [kind]


def test_strategies_where_nothing_is_merged_are_nobodys_business():
    _found, report = parse_environment("parameter_merge_strategies: whatever")

    assert report.ok
