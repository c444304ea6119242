"""Everything in one process, on one loop."""

from asyncio import TaskGroup
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from time import monotonic

from hearth.api import cfn, cloudwatch, heat
from hearth.api.ec2 import KeystoneSignatures
from hearth.api.keystone import KeystoneTokens
from hearth.api.tokens import CachedTokens
from hearth.bus import LocalBus
from hearth.engine import Mode
from hearth.sandbox import build
from hearth.serve.admission import Admitted, admitted
from hearth.serve.embedded import embedded, heat_conf, keystone_at, opened, validating, watched
from hearth.serve.engine import engine, service_user, sessions
from hearth.serve.folder import UP, Folder
from hearth.serve.ground import ground
from hearth.serve.guests import played
from hearth.serve.http import address, bound, port_of, serving
from hearth.serve.options import UpOptions, Urls
from hearth.serve.seams import SystemClock, SystemIds
from hearth.serve.simulated import cloud_settings

REGION = "RegionOne"
OFFSETS = {"cfn": 0, "cloudwatch": 3, "heat": 4, "cloud": 5}


@asynccontextmanager
async def up(options: UpOptions) -> AsyncIterator[Urls]:
    """All services, ready while the context is open."""
    began = monotonic()
    folder = Folder(options.state_dir)
    with folder.held(UP):
        async with AsyncExitStack() as stack:
            urls, cloud = await _start(stack, folder, options)
            if cloud.shared:
                folder.write_clouds(urls, REGION)
            else:
                folder.drop_clouds()
            told = {
                "heat_url": urls.heat,
                "cfn_url": urls.cfn,
                "cloudwatch_url": urls.cloudwatch,
                "identity_url": urls.identity,
                "clouds": cloud.shared,
                "listed": cloud.listed,
                "ready_s": monotonic() - began,
            }
            stack.enter_context(folder.announced(told))
            yield urls


async def _start(
    stack: AsyncExitStack, folder: Folder, options: UpOptions
) -> tuple[Urls, Admitted]:
    secrets, clock, ids = folder.secrets(), SystemClock(), SystemIds()
    sockets = {
        name: stack.enter_context(bound(options.host, _port(options.port_base, offset)))
        for name, offset in OFFSETS.items()
        if name != "cloud" or options.cloud_url is None
    }
    at = {name: address(options.host, port_of(one)) for name, one in sockets.items()}
    if options.cloud_url is None:
        told = cloud_settings(folder, secrets, at["cloud"], at["heat"], at["cfn"], options.speed)
        cloud = stack.enter_context(closing(build(told, clock, ids)))
        await stack.enter_async_context(serving(cloud.app, sockets["cloud"]))
        if options.guests:
            await stack.enter_async_context(played(cloud))
        identity = f"{at['cloud']}/identity/v3"
    else:
        identity = await keystone_at(options.cloud_url)
    settings, ours = embedded(folder, identity), Admitted(shared=True, listed=True)
    if options.cloud_url is not None:
        ours = await admitted(settings, folder, at["heat"], clock)
    store = await stack.enter_async_context(opened(settings))
    await stack.enter_async_context(watched(store))
    files = heat_conf(folder)
    base = ground(settings, files, store, LocalBus(clock))
    await stack.enter_async_context(engine(base, Mode(alone=True)))
    tokens = stack.enter_context(closing(KeystoneTokens(files, validating(settings))))
    heat_app = heat.make_app(base.parts, CachedTokens(tokens, clock))
    signing = await stack.enter_async_context(sessions(base, service_user(settings)))
    cfn_app = cfn.make_app(base.cfn_parts(KeystoneSignatures(signing)))
    apps = {"heat": heat_app, "cfn": cfn_app, "cloudwatch": cloudwatch.make_app()}
    for name, app in apps.items():
        await stack.enter_async_context(serving(app, sockets[name]))
    warming = await stack.enter_async_context(TaskGroup())
    warming.create_task(tokens.warm())
    return Urls(at["heat"], at["cfn"], at["cloudwatch"], identity), ours


def _port(base: int, offset: int) -> int:
    return base + offset if base else 0
