from hearth.resources.heat.asked import answers, of_member, output_name

NAMES = ["0", "2"]


def test_each_question_is_an_output_called_by_its_path():
    found = answers([("output", 1), ("attributes", "name"), ("name",)], NAMES)

    assert found == {
        "output, 1": {
            "value": [{"get_attr": ["0", "output", 1]}, {"get_attr": ["2", "output", 1]}]
        },
        "attributes, name": {
            "value": {"0": {"get_attr": ["0", "name"]}, "2": {"get_attr": ["2", "name"]}}
        },
        "name": {"value": [{"get_attr": ["0", "name"]}, {"get_attr": ["2", "name"]}]},
    }


def test_references_are_asked_of_all_members():
    found = answers([("refs",), ("refs_map",)], NAMES)

    assert found == {
        "refs": {"value": [{"get_resource": "0"}, {"get_resource": "2"}]},
        "refs_map": {"value": {"0": {"get_resource": "0"}, "2": {"get_resource": "2"}}},
    }


def test_one_member_is_asked_as_far_in_as_the_path_leads():
    found = answers([("resource.2.a.b", "c"), ("resource.0", "x"), ("resource.0",)], NAMES)

    assert found == {
        "resource.2.a.b, c": {"value": {"get_attr": ["2", "a.b", "c"]}},
        "resource.0, x": {"value": {"get_attr": ["0", "x"]}},
    }


def test_what_no_member_can_answer_is_no_output():
    assert answers([("resource.7.a",), ("attributes",), ("removed_rsrc_list",)], NAMES) == {}


def test_a_path_is_read_and_written_in_one_way():
    assert output_name(("attributes", "output", 1)) == "attributes, output, 1"
    assert of_member("resource.web.first.address", (0,)) == ("web", ("first.address", 0))
