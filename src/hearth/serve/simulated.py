"""The simulated cloud, as a server of its own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing

from hearth.sandbox import Settings, Times, build
from hearth.serve.folder import SANDBOX, Folder, Secrets
from hearth.serve.guests import played
from hearth.serve.http import address, bound, port_of, serving
from hearth.serve.options import SandboxOptions
from hearth.serve.seams import SystemClock, SystemIds

SPEEDS = {"real": Times(), "fast": Times.fast(0.05)}


def cloud_settings(
    folder: Folder, secrets: Secrets, url: str, heat_url: str, cfn_url: str, speed: str
) -> Settings:
    """How the cloud of a state folder is."""
    return Settings(
        url=url,
        path=str(folder.path / "cloud.sqlite"),
        times=SPEEDS[speed],
        orchestration_url=f"{heat_url}/v1/%(tenant_id)s",
        cloudformation_url=f"{cfn_url}/v1",
        passwords=secrets.passwords,
    )


@asynccontextmanager
async def sandbox(options: SandboxOptions) -> AsyncIterator[str]:
    """The cloud alone; gives Keystone's address."""
    folder = Folder(options.state_dir)
    with folder.held(SANDBOX), bound(options.host, options.port) as listening:
        port = port_of(listening)
        settings = cloud_settings(
            folder,
            folder.secrets(),
            address(options.host, port),
            _root(options.heat_url) if options.heat_url else address(options.host, port - 1),
            address(options.host, port - 5),
            options.speed,
        )
        with closing(build(settings, SystemClock(), SystemIds())) as cloud:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(serving(cloud.app, listening))
                if options.guests:
                    await stack.enter_async_context(played(cloud))
                yield f"{settings.url}/identity/v3"


def _root(heat_url: str) -> str:
    """heat-api's address, should its version or its project be given with it."""
    return heat_url.split("/v1", 1)[0].rstrip("/")
