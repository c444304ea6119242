"""Files in a Swift container are files of the request."""

from pathlib import Path
from typing import Any

import pytest

from hearth.base.errors import Missing, OverLimit
from hearth.bus import Accepted, CreateStack, Source
from hearth.cloud import Cloud, auth_of
from tests.support.house import House, house
from tests.support.virtual import run

TEMPLATE = """heat_template_version: 2021-04-16
parameters: {word: {type: string}}
resources:
  inner: {type: inner.yaml, properties: {word: {get_param: word}}}
outputs:
  own: {value: {get_file: own.txt}}
  word: {value: {get_attr: [inner, word]}}
"""
INNER = """heat_template_version: 2021-04-16
parameters: {word: {type: string}}
outputs: {word: {value: {get_param: word}}}
"""


async def filled(home: House, **objects: bytes) -> None:
    """A container with objects; `__` in a name is a dot."""
    swift = Cloud(home.engine.desk.patient.session(auth_of(home.caller), None, ""))["object-store"]
    await swift.request("PUT", "/box")
    for name, data in objects.items():
        await swift.request("PUT", f"/box/{name.replace('__', '.')}", data)


async def made_of(home: House, **given: Any) -> Accepted:
    """The stack of the template."""
    source = Source(template=TEMPLATE, **given)
    return await home.bus.call(CreateStack(**home.command(), name="web", source=source))


def test_a_stack_is_made_from_the_files_in_a_container(tmp_path: Path):
    async def life() -> None:
        async with house(tmp_path) as home:
            await filled(
                home,
                own__txt=b"from the container",
                inner__yaml=INNER.encode(),
                env__yaml=b"parameters: {word: hello}",
            )

            made = await made_of(
                home,
                files={"own.txt": "from the request"},
                environment_files=["env.yaml"],
                files_container="box",
            )

            stack = await home.settled(made)
            assert {one.key: one.value for one in stack.outputs} == {
                "own": "from the request",
                "word": "hello",
            }

    run(life())


def test_a_container_that_is_not_there_or_too_large_is_refused(tmp_path: Path):
    async def life() -> None:
        async with house(tmp_path) as home:
            with pytest.raises(Missing, match="container box, reason"):
                await made_of(home, files_container="box")
            most = home.settings.max_json_body_size
            await filled(home, a=b"x" * most, b=b"y")

            with pytest.raises(OverLimit, match=f"{most + 1} bytes"):
                await made_of(home, files_container="box")

    run(life())
