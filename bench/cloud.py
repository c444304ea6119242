"""A sandbox cloud of a bench's own: large enough, and it notes each request that it gets.

Usage: cloud.py FOLDER PORT BUILD_S. GET /bench/requests answers [[seconds, method, path], …].
"""

import asyncio
import json
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "src")]

# ruff: noqa: E402 (what is run is found beside this file)
from hearth.sandbox import Times, build
from hearth.serve.folder import Folder
from hearth.serve.http import bound, serving
from hearth.serve.seams import SystemClock, SystemIds
from hearth.serve.simulated import cloud_settings

ENOUGH = 1_000_000


class Noting:
    """The cloud, and what it is asked."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.noted: list[tuple[float, str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Note a request and pass it on."""
        if scope["type"] == "http" and scope["path"] == "/bench/requests":
            head = {"type": "http.response.start", "status": 200, "headers": []}
            await send(head)
            body = json.dumps(self.noted).encode()
            await send({"type": "http.response.body", "body": body})
            return
        if scope["type"] == "http":
            self.noted.append((time.time(), scope["method"], scope["path"]))
        await self.app(scope, receive, send)


async def main(folder: Path, port: int, build_s: float) -> None:
    """Serve until told to stop."""
    url = f"http://127.0.0.1:{port}"
    kept = Folder(folder)
    told = cloud_settings(kept, kept.secrets(), url, f"http://127.0.0.1:{port - 1}", url, "fast")
    settings = replace(
        told,
        path=None,
        times=replace(Times.fast(0.05), server_build=build_s),
        hosts=500,
        quotas=dict.fromkeys(("instances", "cores", "ram", "port", "network", "subnet"), ENOUGH),
    )
    made = build(settings, SystemClock(), SystemIds())
    with bound("127.0.0.1", port) as listening, closing(made) as cloud:
        async with serving(Noting(cloud.app), listening):
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
