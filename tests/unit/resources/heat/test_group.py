from types import SimpleNamespace
from typing import Any

from hearth.kit import Member, Nested
from hearth.resources.heat import ResourceGroup
from hearth.resources.heat.group import member_names, removed, template_of

DEFINITION = {
    "type": "OS::Nova::Server",
    "properties": {"name": "web-%index%", "flavor": None, "networks": [{"network": "n%index%"}]},
}


def group(**values: object):
    return ResourceGroup.Properties.of({"resource_def": DEFINITION, "count": 2} | values)


def context(members: dict[str, str] | None, kept: list[str]) -> Any:
    nested = None
    if members is not None:
        nested = Nested("id", "group", {}, tuple(
            Member(name, "OS::Nova::Server", ref, ref, failed=False, created_at=0.0)
            for name, ref in members.items()
        ))  # fmt: skip
    return SimpleNamespace(nested=nested, data={"removed": kept})


def policies(*lists: object, **more: object):
    return group(removal_policies=[{"resource_list": one} for one in lists], **more)


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


def test_the_same_template_is_known_before_anything_is_made():
    values = {"resource_def": DEFINITION, "count": 2}

    inner = ResourceGroup().inside(values)

    assert inner is not None
    assert list(inner["resources"]) == ["0", "1"]


def test_removed_members_are_named_by_name_or_reference_and_never_come_back():
    ctx = context({"0": "id-a", "1": "id-b", "2": "id-c"}, ["7"])

    skipped = removed(ctx, policies(["id-b"], [2, "nobody", "9"]))

    assert skipped == ["7", "1", "2"]
    assert member_names(3, skipped) == ["0", "3", "4"]


def test_names_that_were_removed_before_may_be_named_again():
    ctx = context({"1": "id-b"}, ["0"])

    assert removed(ctx, policies(["0"])) == ["0"]
    assert removed(ctx, policies(["0"], removal_policies_mode="update")) == ["0"]
    assert removed(ctx, policies(removal_policies_mode="update")) == []


def test_before_there_are_members_every_name_is_taken_at_its_word():
    assert removed(context(None, []), policies(["0", 4])) == ["0", "4"]
