"""hearth.serve.language."""

from hearth.serve.language import TemplateLanguage


def test_the_functions_of_a_version_are_those_that_it_does_not_refuse() -> None:
    told = TemplateLanguage()

    old = told.functions("heat_template_version.2013-05-23", conditions=False)
    new = told.functions("heat_template_version.2018-08-31", conditions=True)

    assert old is not None
    assert new is not None
    assert {"Ref", "Fn::Select"} <= {one["functions"] for one in old}
    assert "get_attr" in {one["functions"] for one in new if one["description"]}
    assert not [one for one in new if "::" in one["functions"] or one["functions"] == "Ref"]
