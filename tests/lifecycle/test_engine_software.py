"""Software configs and deployments that are made by hand."""

from pathlib import Path
from typing import Any

import pytest

from hearth.base.errors import HearthError
from hearth.bus import (
    CreateConfig,
    CreateDeployment,
    DeleteConfig,
    DeleteDeployment,
    UpdateDeployment,
)
from hearth.store import deployments
from tests.support.house import House, house
from tests.support.virtual import run

CONFIG = {
    "name": "c", "group": "script", "config": "echo", "inputs": [], "outputs": [], "options": {},
}  # fmt: skip


async def config(home: House, **more: Any) -> str:
    made = await home.bus.call(CreateConfig(**home.command(), config=CONFIG | more))
    return str(made.body["id"])


async def deployment(home: House, config_id: str) -> str:
    given = {"config_id": config_id, "server_id": "s", "action": "UPDATE", "status": "IN_PROGRESS"}
    made = await home.bus.call(CreateDeployment(**home.command(), deployment=given))
    return str(made.body["id"])


def test_a_deployment_is_changed_and_taken_away(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            ident = await deployment(home, await config(home))
            fields = {"status": "COMPLETE", "status_reason": "r", "output_values": {"a": 1}}
            await home.bus.call(
                UpdateDeployment(**home.command(), deployment_id=ident, fields=fields)
            )
            changed = await home.store.read(deployments.find, home.caller.project_id, ident)
            await home.bus.call(DeleteDeployment(**home.command(), deployment_id=ident))
            return changed, await home.store.read(deployments.find, None, ident)

    changed, gone = run(story())

    assert (changed.status, changed.reason, changed.output_values) == ("COMPLETE", "r", {"a": 1})
    assert changed.updated_at is not None
    assert gone is None


def test_a_command_that_comes_twice_makes_one_deployment(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            given = {"config_id": await config(home), "server_id": "s"}
            command = CreateDeployment(**home.command(), deployment=given)
            answers = [await home.bus.call(command), await home.bus.call(command)]
            return answers, await home.store.read(deployments.listed, None)

    (first, second), listed = run(story())

    assert first == second
    assert [one.id for one in listed] == [first.body["id"]]


def test_a_config_that_is_deployed_is_not_forgotten(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            kept = await config(home)
            ident = await deployment(home, kept)
            drop = DeleteConfig(**home.command(), config_id=kept)
            with pytest.raises(HearthError) as refused:
                await home.bus.call(drop)
            await home.bus.call(DeleteDeployment(**home.command(), deployment_id=ident))
            await home.bus.call(DeleteConfig(**home.command(), config_id=kept))
            return refused.value, kept

    refused, kept = run(story())

    assert refused.kind == "InvalidRestrictedAction"
    assert kept in refused.sentence


@pytest.mark.parametrize("of", ["config", "deployment"])
def test_a_project_has_so_many_and_no_more(tmp_path: Path, of: str):
    async def story():
        async with house(tmp_path) as home:
            kept = await config(home)
            await deployment(home, kept)
            object.__setattr__(home.settings, f"max_software_{of}s_per_tenant", 1)
            with pytest.raises(HearthError) as refused:
                await (config(home) if of == "config" else deployment(home, kept))
            return refused.value

    assert run(story()).kind == "RequestLimitExceeded"


def test_what_is_no_input_is_refused(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            with pytest.raises(HearthError) as refused:
                await config(home, inputs=[{"name": "a", "type": "Stringy"}])
            return refused.value

    refused = run(story())

    assert refused.kind == "ValueError"
    assert "Stringy" in refused.sentence


def test_an_unknown_config_cannot_be_deployed(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            with pytest.raises(HearthError) as refused:
                await deployment(home, "no-such")
            return refused.value

    assert run(story()).kind == "NotFound"
