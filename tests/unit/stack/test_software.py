import pytest

from hearth.stack import as_input, as_output


def test_what_is_not_said_of_an_input_is_what_it_is_by_default():
    kept = as_input({"name": "foo", "default": None})

    assert kept == {"name": "foo", "type": "String", "replace_on_change": False}


def test_an_inputs_value_may_be_anything():
    kept = as_input({"name": "foo", "type": "Json", "value": {"a": [1]}, "description": "d"})

    assert kept["value"] == {"a": [1]}
    assert kept["type"] == "Json"


def test_an_output_says_whether_it_means_failure():
    assert as_output({"name": "r", "error_output": True}) == {
        "name": "r", "type": "String", "error_output": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"type": "String"}, "name"),
        ({"name": "a", "colour": "red"}, "colour"),
        ({"name": "a", "type": "Stringy"}, "Stringy"),
        ({"name": "a", "replace_on_change": "yes"}, "replace_on_change"),
        ("a", "'a'"),
    ],
)
def test_what_is_no_input_is_refused_by_name(given, named):
    with pytest.raises((TypeError, ValueError), match=named):
        as_input(given)
