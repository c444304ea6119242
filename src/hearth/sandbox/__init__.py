"""A simulated OpenStack, spoken to over HTTP like the real one.

`build` makes a cloud; its `app` is an ASGI application that holds all services under one port:
/identity/v3, /compute/v2.1, /network, /image, /volume/v3, /object-store/v1, /messaging,
/placement. Each service is a folder: tables of documents (`store`), handlers (`web`), and the
states that objects pass through in time. Time and chance come from the Clock and Ids that it is
built with, and nothing runs in the background: what has come due is settled before the next
request.

Rule: imports nothing of ours but `hearth.base`; the rest of hearth knows it through HTTP only.
"""

from hearth.sandbox.cloud import Cloud, build
from hearth.sandbox.faults import Fault, Faults, NoFaults, Rates, SeededFaults
from hearth.sandbox.settings import Settings, Times
from hearth.sandbox.web import ReplyLost

__all__ = [
    "Cloud",
    "Fault",
    "Faults",
    "NoFaults",
    "Rates",
    "ReplyLost",
    "SeededFaults",
    "Settings",
    "Times",
    "build",
]
