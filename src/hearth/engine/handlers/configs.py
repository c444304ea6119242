"""Software configs: kept and forgotten, never changed."""

from hearth.base.errors import Missing, OverLimit, Refused
from hearth.bus import CreateConfig, DeleteConfig, Document, Done
from hearth.engine.desk import Desk
from hearth.engine.handlers.runs import kept
from hearth.identity import Caller
from hearth.stack import ConfigRecord, as_input, as_output
from hearth.store import Batch, DropConfig, PutConfig
from hearth.store import configs as stored
from hearth.store import deployments as deployed


async def create_config(desk: Desk, command: CreateConfig) -> Document:
    """Keep a config; the answer's body names it: {id}."""
    project, given = command.caller.project_id, command.config
    limit = desk.settings.max_software_configs_per_tenant
    if limit != -1 and await desk.store.read(stored.counted, project) >= limit:
        raise OverLimit(
            "Request limit exceeded: You have reached the maximum software configs per tenant,"
            f" {limit}. Please delete some software configs."
        )
    try:
        inputs = tuple(as_input(one) for one in given["inputs"])
        outputs = tuple(as_output(one) for one in given["outputs"])
    except (TypeError, ValueError) as wrong:
        raise Refused(str(wrong), kind="ValueError") from wrong
    record = ConfigRecord(
        id=desk.ids.uuid(),
        project_id=project,
        name=given["name"],
        created_at=desk.clock.now(),
        group=given["group"],
        config=given["config"],
        inputs=inputs,
        outputs=outputs,
        options=given["options"],
    )
    answer = Document({"id": record.id})
    await desk.store.write(Batch((PutConfig(record), kept(desk, command, answer))))
    return answer


async def delete_config(desk: Desk, command: DeleteConfig) -> Done:
    """Forget a config that no deployment points to."""
    record = await visible_config(desk, command.caller, command.config_id)
    if await desk.store.read(deployed.uses, record.id):
        raise Refused(
            f"Software config with id {record.id} can not be deleted as it is referenced.",
            kind="InvalidRestrictedAction",
        )
    answer = Done()
    await desk.store.write(Batch((DropConfig(record.id), kept(desk, command, answer))))
    return answer


async def visible_config(desk: Desk, caller: Caller, ident: str) -> ConfigRecord:
    """A config that the caller may see; Missing if there is none."""
    project = None if caller.is_admin else caller.project_id
    found = await desk.store.read(stored.find, project, ident)
    if found is None:
        sentence = f"The Software config ({ident}) could not be found."
        raise Missing(sentence, kind="NotFound")
    return found
