"""The guard before an unsafe request: it leaves only while the lease outlasts it."""

from hearth.base.errors import HearthError
from hearth.cloud import Guard
from hearth.store import Fence, Leases


class LeaseShort(HearthError):
    """The lease may end before the request does; nothing was sent."""


def guard(leases: Leases, fence: Fence) -> Guard:
    """Asked directly before each request that changes something."""

    def held(method: str, url: str, seconds: float) -> None:
        if not leases.outlasts(fence.run_id, fence.number, seconds):
            raise LeaseShort(f"The lease may end before {method} {url} does.")

    return held
