"""The same requests at the same times make the same cloud, also across a restart at any point."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hearth.sandbox import Cloud, Settings, build
from tests.sandbox.conftest import Client, DrawnIds, StillClock

SERVERS = "/compute/v2.1/servers"
STEPS = st.lists(
    st.sampled_from(["create", "delete", "stop", "start", "wait", "long", "restart"]),
    max_size=14,
)


def opened(path: str, clock: StillClock, ids: DrawnIds) -> Cloud:
    return build(Settings(path=path), clock, ids)


def played(steps: list[str], path: str, *, restarts: bool) -> object:
    """What there is after these steps; a restart may be left out."""
    clock, ids = StillClock(), DrawnIds()
    client = Client(opened(path, clock, ids), clock).login("demo", "demo")
    image = client.get("/image/v2/images?name=cirros")["images"][0]["id"]
    made: list[str] = []
    for step in steps:
        match step:
            case "create":
                body = {"server": {"name": "s", "flavorRef": "42", "imageRef": image}}
                made.append(client.post(SERVERS, body)["server"]["id"])
            case "delete" if made:
                client.ask("DELETE", f"{SERVERS}/{made.pop(0)}")
            case "stop" | "start" if made:
                client.ask("POST", f"{SERVERS}/{made[-1]}/action", {f"os-{step}": None})
            case "wait" | "long":
                client.wait(0.7 if step == "wait" else 4.0)
            case "restart" if restarts:
                client.cloud.close()
                client.cloud = opened(path, clock, ids)
    client.wait(60)
    found = client.cloud.objects()
    client.cloud.close()
    return found


@settings(max_examples=30)
@given(STEPS)
def test_a_restart_at_any_point_changes_nothing(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("replay")

    straight = played(steps, str(folder / "a.sqlite"), restarts=False)
    restarted = played(steps, str(folder / "b.sqlite"), restarts=True)

    assert restarted == straight
