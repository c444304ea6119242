"""The client of every service, against the sandbox and what the sandbox lets go wrong."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from hearth.cloud import (
    Ambiguous,
    CallerAuth,
    Cloud,
    Failing,
    Listing,
    NoService,
    NotFound,
    Response,
    ServerFault,
    TrustAuth,
    TrustGone,
    Unauthorized,
    Unavailable,
    Undelivered,
    Wish,
    create_trust,
    delete_trust,
    ending,
)
from hearth.identity import Caller
from tests.support.hand import Hand, login

SERVER = {"server": {"name": "s", "flavorRef": "1", "imageRef": "", "networks": "none"}}


class Recorder:
    """A transport that notes what passes through it, and may stand in the way."""

    def __init__(self, beneath: Any) -> None:
        self.beneath = beneath
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.broken = 0

    async def request(
        self, method: str, url: str, headers: Any, body: bytes | None, timeout_s: float
    ) -> Response:
        if self.broken:
            self.broken -= 1
            raise Undelivered("nobody listens")
        self.seen.append((method, url, dict(headers)))
        found: Response = await self.beneath.request(method, url, headers, body, timeout_s)
        return found

    async def close(self) -> None:
        return


def recorded(hand: Hand) -> Recorder:
    recorder = Recorder(hand.transport)
    hand.sessions.transport = recorder
    return recorder


async def caller(hand: Hand) -> Caller:
    token, project = await login(hand.transport, "demo", "demo")
    known = await hand.sessions.tokens.token(CallerAuth(token, project))
    roles = frozenset(known.roles)
    return Caller(known.user_id, project, roles, token=token, request_id="req-1")


def test_a_safe_request_is_tried_again_and_an_unsafe_one_never():
    async def story() -> None:
        hand = Hand()
        cloud = await hand.cloud()
        recorder = recorded(hand)
        hand.sandbox.script.replace([{"refuse": 503, "service": "network", "times": 2}])
        listed = await cloud["network"].get("/v2.0/networks")
        gets = len(recorder.seen)
        hand.sandbox.script.replace([{"refuse": 503, "service": "network", "times": -1}])

        with pytest.raises(Ambiguous):
            await cloud["network"].post("/v2.0/networks", {"network": {}})
        posts = len(recorder.seen) - gets
        with pytest.raises(Unavailable):
            await cloud["network"].get("/v2.0/networks")
        fails = len(recorder.seen) - gets - posts

        assert listed["networks"]
        assert (gets, posts, fails) == (3, 1, 4)

    asyncio.run(story())


def test_a_lost_answer_is_ambiguous_and_an_undelivered_request_is_not():
    async def story() -> None:
        hand = Hand()
        cloud = await hand.cloud()
        before = len((await cloud["network"].get("/v2.0/networks"))["networks"])
        hand.sandbox.script.replace([{"lose": True, "method": "POST", "service": "network"}])
        with pytest.raises(Ambiguous):
            await cloud["network"].post("/v2.0/networks", {"network": {"name": "n"}})
        recorder = recorded(hand)
        recorder.broken = 1

        with pytest.raises(Unavailable):
            await cloud["network"].post("/v2.0/networks", {"network": {"name": "n"}})

        after = len((await cloud["network"].get("/v2.0/networks"))["networks"])
        assert after == before + 1

    asyncio.run(story())


def test_a_server_fault_on_reading_is_told_at_once():
    async def story() -> None:
        hand = Hand()
        cloud = await hand.cloud()
        hand.sandbox.script.replace([{"refuse": 500, "service": "network"}])

        with pytest.raises(ServerFault):
            await cloud["network"].get("/v2.0/networks")

    asyncio.run(story())


def test_nothing_leaves_after_the_deadline_and_the_guard_is_asked_before_what_is_unsafe():
    async def story() -> None:
        hand = Hand()
        asked: list[tuple[str, str, float]] = []

        def guard(method: str, url: str, seconds: float) -> None:
            asked.append((method, url, seconds))
            raise NoService(Failing("network", message="the lease is too short"))

        cloud = Cloud((await hand.session()).guarded(guard))
        soon = hand.clock.monotonic() + 7.0

        await cloud["network"].get("/v2.0/networks")
        with pytest.raises(NoService, match="lease"):
            await cloud["network"].post("/v2.0/networks", {"network": {}}, deadline=soon)
        with pytest.raises(Unavailable, match="no time left"):
            await cloud["network"].get("/v2.0/networks", deadline=hand.clock.monotonic())

        assert asked == [("POST", "http://cloud.test:8005/network/v2.0/networks", 7.0)]

    asyncio.run(story())


def test_the_request_id_and_the_microversion_are_sent_on():
    async def story() -> None:
        hand = Hand()
        session = replace(await hand.session(), request_id="req-42")
        cloud = Cloud(session)
        recorder = recorded(hand)

        await cloud["compute"].get("/servers")
        await cloud["compute"].get("/servers")
        await cloud["compute"].get("/servers", microversion="2.60")

        roots = [url for _, url, _ in recorder.seen if url.endswith("/v2.1/")]
        headers = [sent for _, url, sent in recorder.seen if url.endswith("/servers")]
        assert len(roots) == 1
        assert [sent["OpenStack-API-Version"] for sent in headers] == [
            "compute 2.46",
            "compute 2.46",
            "compute 2.60",
        ]
        assert all(sent["X-OpenStack-Request-ID"] == "req-42" for sent in headers)
        with pytest.raises(NoService, match=r"9\.99"):
            await cloud["compute"].get("/servers", microversion="9.99")
        with pytest.raises(NoService, match="offers no reservation"):
            await cloud["reservation"].get("/v1/leases")

    asyncio.run(story())


@pytest.mark.parametrize("fault", [{"refuse": 503}, {"refuse": 429}, {"lose": True}])
def test_nothing_is_asked_in_a_version_that_nobody_wants(fault: dict[str, Any]):
    """Seed 7976 of the simulation: the service's root fails once, and the request means less."""

    async def story() -> None:
        hand = Hand()
        cloud = await hand.cloud()
        recorder = recorded(hand)
        fault_at_root = fault | {"service": "compute", "path": r"v2\.1/?$", "times": 1}
        hand.sandbox.script.replace([fault_at_root])

        with pytest.raises(Unavailable):
            await cloud["compute"].post("/servers", SERVER)
        left = [url for method, url, _ in recorder.seen if method == "POST"]
        await cloud["compute"].get("/servers")

        assert left == []
        assert [sent.get("OpenStack-API-Version") for _, _, sent in recorder.seen][-1] == (
            "compute 2.46"
        )

    asyncio.run(story())


def test_a_refused_token_is_renewed_once_and_a_callers_own_cannot_be():
    async def story() -> None:
        hand = Hand()
        demo = await caller(hand)
        trust = await create_trust(hand.sessions, demo, Wish.of(demo, (), ending(hand.ids.uuid())))
        auth = TrustAuth(trust.id, trust.project_id)
        cloud = Cloud(hand.sessions.session(auth))
        first = await hand.sessions.tokens.token(auth)
        await cloud["identity"].delete("/v3/auth/tokens", headers={"X-Subject-Token": first.id})

        listed = await cloud["network"].get("/v2.0/networks")
        second = await hand.sessions.tokens.token(auth)

        assert listed["networks"]
        assert second.id != first.id
        assert demo.token is not None
        own = Cloud(hand.sessions.session(CallerAuth(demo.token, demo.project_id)))
        await own["identity"].delete(
            "/v3/auth/tokens", headers={"X-Subject-Token": demo.token.value}
        )
        with pytest.raises(Unauthorized):
            await own["network"].get("/v2.0/networks")

    asyncio.run(story())


def test_a_trust_acts_for_its_user_with_the_roles_handed_on_until_it_is_taken_back():
    async def story() -> None:
        hand = Hand()
        demo = await caller(hand)
        trust = await create_trust(
            hand.sessions, demo, Wish.of(demo, ("member",), ending(hand.ids.uuid()))
        )
        auth = TrustAuth(trust.id, trust.project_id)

        token = await hand.sessions.tokens.token(auth)
        await delete_trust(hand.sessions, trust.id, trust.project_id)
        await delete_trust(hand.sessions, trust.id, trust.project_id)

        assert token.user_id == demo.user_id
        assert token.project_id == demo.project_id
        assert "member" in token.roles
        assert "heat_stack_owner" not in token.roles
        with pytest.raises(TrustGone):
            await hand.sessions.tokens.token(auth, stale=token.id)

    asyncio.run(story())


def test_an_error_tells_what_was_asked_and_what_the_service_said():
    async def story() -> None:
        hand = Hand()
        cloud = await hand.cloud()

        with pytest.raises(NotFound) as caught:
            await cloud["network"].get("/v2.0/networks/nothing")

        error = caught.value
        assert (error.service, error.method, error.status) == ("network", "GET", 404)
        assert error.path == "/v2.0/networks/nothing"
        assert error.code == "NetworkNotFound"
        assert error.request_id.startswith("req-")
        assert "nothing" in error.message

    asyncio.run(story())


def test_one_list_answers_for_many_and_what_has_not_changed_is_remembered():
    async def story() -> None:
        hand = Hand()
        cloud = await hand.cloud()
        flavors = (await cloud["compute"].get("/flavors"))["flavors"]
        images = (await cloud["image"].get("/v2/images"))["images"]
        body = {"flavorRef": flavors[0]["id"], "imageRef": images[0]["id"], "networks": "none"}
        made = [
            (await cloud["compute"].post("/servers", {"server": body | {"name": f"s{n}"}}))[
                "server"
            ]
            for n in range(3)
        ]
        idents = [one["id"] for one in made]
        listing = Listing(cloud["compute"], "/servers", "servers")
        building = await listing.look(idents)
        await hand.clock.sleep(30)
        recorder = recorded(hand)
        active = await listing.look(idents)
        await hand.clock.sleep(600)
        still = await listing.look(idents)

        assert {one["status"] for one in building.values()} == {"BUILD"}
        assert {one["status"] for one in active.values()} == {"ACTIVE"}
        assert set(still) == set(idents)
        assert len(recorder.seen) == 2
        assert all("changes-since" in url for _, url, _ in recorder.seen)

    asyncio.run(story())


def test_neutron_is_asked_for_ids_in_chunks():
    async def story() -> None:
        hand = Hand()
        cloud = await hand.cloud()
        networks = (await cloud["network"].get("/v2.0/networks"))["networks"]
        idents = [one["id"] for one in networks] + [f"none-{n}" for n in range(120)]
        recorder = recorded(hand)

        found = await Listing(cloud["network"], "/v2.0/networks", "networks").look(idents)

        assert set(found) == {one["id"] for one in networks}
        assert len(recorder.seen) == 2

    asyncio.run(story())
