import pytest

from hearth.kit import Member, Nested, NoAttribute, NoMember
from hearth.resources.heat import ResourceGroup

MEMBERS = tuple(
    Member(
        name,
        "OS::Nova::Server",
        f"id-{name}",
        f"ref-{name}",
        False,
        0.0,
        {"networks": {"private": [f"10.0.0.{name}"]}, "name": f"s{name}"},
    )
    for name in ("10", "2", "0")
)
NESTED = Nested("id", "group", {"attributes, state": {"0": "on"}}, MEMBERS)
PROPS = ResourceGroup.Properties.of({"resource_def": {"type": "OS::Nova::Server"}})


def read(attribute: str, *path: object) -> object:
    return ResourceGroup().nested_attribute(NESTED, PROPS, attribute, path)


def test_an_attribute_of_the_members_is_a_list_in_the_order_of_their_numbers():
    assert read("name") == ["s0", "s2", "s10"]
    assert read("networks", "private", 0) == ["10.0.0.0", "10.0.0.2", "10.0.0.10"]


def test_one_member_is_its_reference_or_an_attribute_of_it():
    assert read("resource.2") == "ref-2"
    assert read("resource.2.name") == "s2"
    assert read("resource.2", "networks", "private", 0) == "10.0.0.2"


def test_a_member_that_is_not_there_is_named():
    with pytest.raises(NoMember, match="9"):
        read("resource.9.name")


def test_attributes_maps_each_member_to_an_attribute_of_it():
    assert read("attributes", "name") == {"0": "s0", "2": "s2", "10": "s10"}


def test_what_the_stack_answers_is_taken_as_it_is():
    assert read("attributes", "state") == {"0": "on"}


def test_references_are_known_in_order_and_by_name():
    assert read("refs", 1) == "ref-2"
    assert read("refs_map", "10") == "ref-10"


def test_attributes_without_a_path_mean_nothing():
    with pytest.raises(NoAttribute):
        read("attributes")
