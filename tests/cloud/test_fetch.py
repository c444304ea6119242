"""Templates are fetched from the web within limits, and never from the service's own network."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web

from hearth.base.errors import Invalid
from hearth.engine.fetching import Unfetched
from hearth.serve.fetch import Address, Allowed, Web, anywhere, public
from tests.support.house import House, house

TEXT = "heat_template_version: 2018-08-31\n"
OUTER = TEXT + "resources: {r: {type: '%s/inner.yaml'}}\noutputs: {o: {value: {get_attr: [r, o]}}}"
INNER = TEXT + "outputs: {o: {value: found}}"


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """A web server on the loopback, and what it was asked."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        match request.path:
            case "/large":
                return web.Response(text="x" * 2000)
            case "/round":
                raise web.HTTPFound("/round")
            case "/away":
                raise web.HTTPFound("http://169.254.169.254/latest")
            case "/round-about":
                raise web.HTTPFound("http://１６９。254。169。254/latest")
            case "/file":
                raise web.HTTPFound("file:///etc/passwd")
            case "/slow":
                await asyncio.Event().wait()
            case "/outer.yaml":
                return web.Response(text=OUTER % f"http://{request.host}")
            case "/inner.yaml":
                return web.Response(text=INNER)
            case "/binary":
                return web.Response(body=b"\xff\xfe")
        raise web.HTTPNotFound

    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    [socket] = site._server.sockets  # type: ignore[attr-defined]
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        await runner.cleanup()


def fetched(path: str, allowed: Allowed = anywhere, name: str = "127.0.0.1") -> str:
    """What comes of asking for a path."""

    async def story() -> str:
        async with served() as url:
            fetcher = Web(allowed)
            return await fetcher.fetch(url.replace("127.0.0.1", name) + path, 1000, 0.5)

    try:
        return asyncio.run(story())
    except Unfetched as wrong:
        return f"refused: {wrong.sentence}"


def test_a_template_is_fetched_where_that_is_configured():
    assert fetched("/inner.yaml") == INNER


@pytest.mark.parametrize(
    "name",
    [
        "127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "①②⑦.⓪.⓪.①", "１２７.0.0.1",
        "127。0。0。1", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "ⓛocalhost",
    ],
)  # fmt: skip
def test_the_machine_itself_is_not_asked(name):
    assert "service's own network" in fetched("/inner.yaml", public, name)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/large", "Template exceeds maximum allowed size (1000 bytes)"),
        ("/round", "more than 5 redirects"),
        ("/file", "Invalid URL scheme"),
        ("/slow", "it took longer than 0.5 s"),
        ("/none", "Failed to retrieve template: HTTP status 404"),
        ("/binary", "what is there is no text in UTF-8"),
    ],
)
def test_what_cannot_be_fetched_is_told(path, words):
    assert fetched(path) == f"refused: {words}"


def test_a_redirect_is_checked_like_an_address():
    asked = []

    def allowed(address: Address) -> bool:
        asked.append(str(address))
        return str(address) == "127.0.0.1"

    assert "169.254.169.254 is an address of the service's own" in fetched("/away", allowed)
    assert set(asked) == {"127.0.0.1", "169.254.169.254"}
    asked.clear()
    assert "169.254.169.254 is an address of the service's own" in fetched("/round-about", allowed)
    assert set(asked) == {"127.0.0.1", "169.254.169.254"}


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "::1",
        "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "224.0.0.1",
        "ff02::1", "100.64.0.1", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1",
        "fec0::1", "fe80::1%lo", "240.0.0.1", "255.255.255.255", "2001::1", "2001:db8::1", "100::1",
    ],
)  # fmt: skip
def test_these_are_not_public(address):
    assert not public(ip_address(address))


def test_these_are_public():
    assert public(ip_address("93.184.216.34"))
    assert public(ip_address("2606:2800:220:1::1"))


def test_a_stack_is_made_from_addresses_all_the_way_down(tmp_path: Path):
    async def story(*, private: bool):
        async with served() as url, opened(tmp_path / str(private), private=private) as home:
            made = await home.create("tale", None, url=f"{url}/outer.yaml")
            return await home.settled(made)

    stack = asyncio.run(story(private=True))
    with pytest.raises(Invalid, match=r"Could not fetch remote template .*own network"):
        asyncio.run(story(private=False))

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    assert [one.value for one in stack.outputs] == ["found"]


@asynccontextmanager
async def opened(path: Path, *, private: bool) -> AsyncIterator[House]:
    path.mkdir()
    async with house(path, private=private) as home:
        yield home
