"""While the database is away an engine waits; when it is back it goes on where things stand."""

from pathlib import Path

import pytest

from tests.support.house import House, house
from tests.support.virtual import run

INNER = """
heat_template_version: 2018-08-31
resources:
  net: {type: "OS::Neutron::Net"}
  word: {type: "OS::Heat::RandomString", depends_on: net}
outputs:
  word: {value: {get_attr: [word, value]}}
"""
STACK = """
heat_template_version: 2018-08-31
resources:
  volume:
    type: OS::Cinder::Volume
    properties: {size: 1}
  slow:
    type: OS::Heat::TestResource
    properties: {wait_secs: 3, value: {get_attr: [inner, word]}}
  inner: {type: inner.yaml}
  last:
    type: OS::Heat::Value
    properties: {value: {get_resource: volume}}
outputs:
  word: {value: {get_attr: [inner, word]}}
"""


async def gone_for(made: House, seconds: float) -> None:
    """The database is away for so long."""
    made.away = True
    await made.clock.sleep(seconds)
    made.away = False


@pytest.mark.parametrize("tenths", range(0, 60, 9))
def test_a_stack_is_made_although_the_database_was_away(tmp_path: Path, tenths: int) -> None:
    async def main() -> None:
        async with house(tmp_path) as made:
            stack = await made.create("web", STACK, files={"inner.yaml": INNER})
            await made.clock.sleep(tenths / 10)
            await gone_for(made, 9.0)

            ended = await made.settled(stack)

            assert str(ended.state) == "CREATE_COMPLETE", ended.reason
            assert len(made.objects()["volume"]["volumes"]) == 1

    run(main())


def test_an_engine_that_finds_no_database_waits_for_it(tmp_path: Path) -> None:
    async def main() -> None:
        async with house(tmp_path) as made:
            await gone_for(made, 60.0)

            stack = await made.create("web", STACK, files={"inner.yaml": INNER})

            assert str((await made.settled(stack)).state) == "CREATE_COMPLETE"

    run(main())
