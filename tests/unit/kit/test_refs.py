"""hearth.kit.refs."""

import pytest

from hearth.kit import DOMAIN, REFS, NotThere, chosen

USERS = [
    {"id": "1", "name": "anna", "domain_id": "d1", DOMAIN: "Default"},
    {"id": "2", "name": "anna", "domain_id": "d2", DOMAIN: "heat"},
    {"id": "3", "name": "a{b}", "domain_id": "d1", DOMAIN: "Default"},
]


@pytest.mark.parametrize(
    ("wanted", "ident"),
    [("anna{heat}", "2"), ("anna{d1}", "1"), ("1{Default}", "1"), ("2", "2")],
)
def test_a_name_may_be_followed_by_its_domain(wanted, ident):
    assert chosen(REFS["keystone.user"], USERS, wanted) == ident


def test_a_name_without_its_domain_may_be_ambiguous_and_a_wrong_one_is_not_there():
    with pytest.raises(NotThere, match="multiple"):
        chosen(REFS["keystone.user"], USERS, "anna")
    with pytest.raises(NotThere, match=r"\(anna\{nowhere\}\) could not be found"):
        chosen(REFS["keystone.user"], USERS, "anna{nowhere}")


def test_other_names_may_have_braces():
    assert chosen(REFS["nova.flavor"], [{"id": "7", "name": "m{1}"}], "m{1}") == "7"
