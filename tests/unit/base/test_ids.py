"""What a generated name ends in."""

import re
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from hearth.base import short_id


def test_the_short_id_is_the_one_that_heat_would_have_made():
    assert short_id("12345678-1234-4234-8234-123456789abc") == "ci2fm6asgqru"


@given(st.uuids(version=4))
def test_dashes_and_case_do_not_matter(uuid: UUID):
    assert short_id(str(uuid)) == short_id(uuid.hex) == short_id(str(uuid).upper())


@given(st.uuids(version=4))
def test_a_short_id_may_stand_in_any_name(uuid: UUID):
    assert re.fullmatch(r"[a-z2-7]{12}", short_id(str(uuid)))


def test_two_rows_get_two_short_ids():
    assert len({short_id(str(uuid4())) for _ in range(1000)}) == 1000
