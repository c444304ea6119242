"""Software configs: kept and forgotten, never changed."""

from hearth.base.errors import Missing, OverLimit
from hearth.bus import CreateConfig, DeleteConfig, Document, Done
from hearth.engine.desk import Desk
from hearth.engine.handlers.runs import kept
from hearth.store import Batch, ConfigRecord, DropConfig, PutConfig
from hearth.store import configs as stored


async def create_config(desk: Desk, command: CreateConfig) -> Document:
    """Keep a config; the answer's body names it: {id}."""
    project, given = command.caller.project_id, command.config
    limit = desk.settings.max_software_configs_per_tenant
    if limit != -1 and await desk.store.read(stored.counted, project) >= limit:
        raise OverLimit(
            "Request limit exceeded: You have reached the maximum software configs per tenant,"
            f" {limit}. Please delete some software configs."
        )
    record = ConfigRecord(
        id=desk.ids.uuid(),
        project_id=project,
        name=given["name"],
        created_at=desk.clock.now(),
        group=given["group"],
        config=given["config"],
        inputs=tuple(given["inputs"]),
        outputs=tuple(given["outputs"]),
        options=given["options"],
    )
    answer = Document({"id": record.id})
    await desk.store.write(Batch((PutConfig(record), kept(desk, command, answer))))
    return answer


async def delete_config(desk: Desk, command: DeleteConfig) -> Done:
    """Forget a config."""
    project = None if command.caller.is_admin else command.caller.project_id
    if await desk.store.read(stored.find, project, command.config_id) is None:
        sentence = f"The Software config ({command.config_id}) could not be found."
        raise Missing(sentence, kind="NotFound")
    answer = Done()
    await desk.store.write(Batch((DropConfig(command.config_id), kept(desk, command, answer))))
    return answer
