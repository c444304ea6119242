from types import SimpleNamespace
from typing import Any

from hearth.base import Secret
from hearth.resources.heat import ResourceGroup
from hearth.resources.heat.group import batch_size, inside, member_names, removed, template_of

DEFINITION = {
    "type": "OS::Nova::Server",
    "properties": {"name": "web-%index%", "flavor": None, "networks": [{"network": "n%index%"}]},
}


def group(**values: object):
    return ResourceGroup.Properties.of({"resource_def": DEFINITION, "count": 2} | values)


def context(update_policy: dict[str, Any], nested_id: str | None, before: object = None):
    properties = {} if before is None else {"resource_def": before}
    record = SimpleNamespace(
        update_policy=update_policy, nested_id=nested_id, properties=properties
    )
    return SimpleNamespace(record=record, data={"removed": []})


def test_members_are_numbered_and_get_their_number_in_every_text():
    props = group()

    template = template_of(props, member_names(props.count, ()))

    assert template["resources"] == {
        "0": {
            "type": "OS::Nova::Server",
            "properties": {"name": "web-0", "networks": [{"network": "n0"}]},
        },
        "1": {
            "type": "OS::Nova::Server",
            "properties": {"name": "web-1", "networks": [{"network": "n1"}]},
        },
    }
    assert template["outputs"]["refs"] == {"value": [{"get_resource": "0"}, {"get_resource": "1"}]}


def test_the_same_template_is_known_before_anything_is_made():
    values = {"resource_def": DEFINITION, "count": 2}

    inner = ResourceGroup().inside(values)

    assert inner is not None
    assert list(inner["resources"]) == ["0", "1"]


def test_removed_members_are_named_by_name_or_reference_and_never_come_back():
    names = {"0": "id-a", "1": "id-b", "2": "id-c"}

    skipped = removed(["id-b", "2", "nobody"], names, ["7"])

    assert skipped == ["7", "1", "2"]
    assert member_names(3, skipped) == ["0", "3", "4"]


def test_members_are_made_in_batches_only_if_the_policy_says_so():
    policy = {"batch_create": {"max_batch_size": 2}}

    assert batch_size(context(policy, None), group(), 5) == 2
    assert batch_size(context({}, None), group(), 5) is None
    assert batch_size(context(policy, "nested"), group(), 5) is None


def test_members_are_changed_in_batches_when_what_they_are_changes():
    policy = {"rolling_update": {"max_batch_size": 3, "min_in_service": 4}}
    same = group().resource_def.values()

    assert batch_size(context(policy, "nested", {"type": "x"}), group(), 5) == 1
    assert batch_size(context(policy, "nested", {"type": "x"}), group(), 9) == 3
    assert batch_size(context(policy, "nested", same), group(), 5) is None


def test_each_batch_waits_for_the_one_before_it():
    made = ResourceGroup().expand(
        SimpleNamespace(
            record=SimpleNamespace(
                update_policy={"batch_create": {"max_batch_size": 2}},
                nested_id=None,
                properties={},
                attributes={},
            ),
            data={},
        ),  # type: ignore[arg-type]
        group(count=3),
    )

    assert isinstance(made.template, dict)
    needs = {k: v.get("depends_on") for k, v in made.template["resources"].items()}
    assert needs == {"0": None, "1": None, "2": ["0", "1"]}


def test_what_lies_at_the_end_of_a_path():
    value = {"a": [1, {"b": Secret({"c": 2})}]}

    assert inside(value, ["a", 1, "b", "c"]) == Secret(2)
    assert inside(value, ["a", "7"]) is None
    assert inside(value, ["x", "y"]) is None
