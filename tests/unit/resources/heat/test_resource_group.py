from hearth.kit import Member, Nested
from hearth.resources.heat import ResourceGroup

MEMBERS = tuple(
    Member(
        name,
        "OS::Nova::Server",
        f"id-{name}",
        f"ref-{name}",
        "CREATE_COMPLETE",
        0.0,
        {"networks": {"private": [f"10.0.0.{name}"]}, "name": f"s{name}"},
    )
    for name in ("10", "2", "0")
)
NESTED = Nested("id", "group", {"refs": ["ref-0", "ref-2", "ref-10"]}, MEMBERS)
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
    assert read("resource.9.name") is None


def test_attributes_maps_each_member_to_an_attribute_of_it():
    assert read("attributes", "name") == {"0": "s0", "2": "s2", "10": "s10"}


def test_outputs_of_the_nested_stack_are_attributes():
    assert read("refs", 1) == "ref-2"
