"""Agents, and which networks and routers they serve."""

from typing import ClassVar

from hearth.sandbox.lists import stamp
from hearth.sandbox.network import fields as f
from hearth.sandbox.network.collection import Collection
from hearth.sandbox.network.fields import READ_ONLY, Field
from hearth.sandbox.store import Document
from hearth.sandbox.web import Call, Refusal

HOST = "sandbox"
_KINDS = (
    ("DHCP agent", "neutron-dhcp-agent", "dhcp_agent"),
    ("L3 agent", "neutron-l3-agent", "l3_agent"),
    ("Metadata agent", "neutron-metadata-agent", "N/A"),
    ("Open vSwitch agent", "neutron-openvswitch-agent", "N/A"),
)
_FORM = "%Y-%m-%d %H:%M:%S"


class Agents(Collection):
    """The processes on the hosts that carry out what Neutron decides."""

    singular = "agent"
    plural = "agents"
    missing = "AgentNotFound"
    fields: ClassVar[dict[str, Field]] = {
        "id": READ_ONLY,
        "agent_type": READ_ONLY,
        "binary": READ_ONLY,
        "host": READ_ONLY,
        "alive": READ_ONLY,
        "availability_zone": READ_ONLY,
        "admin_state_up": Field(f.boolean),
        "description": Field(f.nullable(f.text(255))),
    }

    def seed(self) -> None:
        """The agents of the one network host."""
        for kind, binary, topic in _KINDS:
            self.table.add(
                {
                    **self.shelf.fresh(),
                    "agent_type": kind,
                    "binary": binary,
                    "topic": topic,
                    "host": HOST,
                    "admin_state_up": True,
                    "description": None,
                    "availability_zone": "nova" if topic != "N/A" else None,
                }
            )

    def sees(self, call: Call, row: Document) -> bool:
        return call.admin

    def alter(self, call: Call, row: Document, values: Document) -> None:
        self.table.change(row["id"], **values)

    def show(self, call: Call, row: Document) -> Document:
        names = (
            "id",
            "agent_type",
            "binary",
            "topic",
            "host",
            "admin_state_up",
            "description",
            "availability_zone",
        )
        return {
            **{name: row[name] for name in names},
            "alive": True,
            "configurations": {},
            "created_at": stamp(row["created_at"], _FORM),
            "started_at": stamp(row["created_at"], _FORM),
            "heartbeat_timestamp": stamp(self.shelf.world.now, _FORM),
            "resource_versions": {},
            "resources_synced": None,
        }

    def hosted(self, call: Call, agent_id: str, kind: str) -> list[Document]:
        """The networks or routers that an agent serves."""
        self._agent(call, agent_id, kind)
        table = self.shelf.networks if kind == "DHCP agent" else self.shelf.routers
        rows = self.shelf.hostings.where("agent_id", agent_id)
        return [found for row in rows if (found := table.get(row["hosted"])) is not None]

    def hosting(self, call: Call, hosted: str) -> list[Document]:
        """The agents that serve a network or router."""
        f.only_admin(call, "agent")
        rows = self.shelf.hostings.where("hosted", hosted)
        return [found for row in rows if (found := self.table.get(row["agent_id"])) is not None]

    def host(self, call: Call, agent_id: str, kind: str, hosted: str) -> None:
        """Let an agent serve one more."""
        self._agent(call, agent_id, kind)
        network = kind == "DHCP agent"
        table = self.shelf.networks if network else self.shelf.routers
        if table.get(hosted) is None:
            what = "Network" if network else "Router"
            raise Refusal(404, f"{what} {hosted} could not be found.", f"{what}NotFound")
        key = f"{agent_id}:{hosted}"
        taken = self.shelf.hostings.where("hosted", hosted)
        if network and any(row["id"] == key for row in taken):
            message = f"The network {hosted} has been already hosted by the DHCP Agent {agent_id}."
            raise Refusal(409, message, "NetworkHostedByDHCPAgent")
        if not network and taken:
            if taken[0]["agent_id"] == agent_id:
                return
            message = f"The router {hosted} has been already hosted by the L3 Agent {agent_id}."
            raise Refusal(409, message, "RouterHostedByL3Agent")
        self.shelf.hostings.add({"id": key, "agent_id": agent_id, "hosted": hosted})

    def release(self, call: Call, agent_id: str, kind: str, hosted: str) -> None:
        """Let an agent serve one fewer."""
        self._agent(call, agent_id, kind)
        key = f"{agent_id}:{hosted}"
        if self.shelf.hostings.get(key) is None:
            message = f"{hosted} is not hosted by the agent {agent_id}."
            kinds = {"DHCP agent": "NetworkNotHostedByDhcpAgent"}
            raise Refusal(409, message, kinds.get(kind, "RouterNotHostedByL3Agent"))
        self.shelf.hostings.remove(key)

    def _agent(self, call: Call, agent_id: str, kind: str) -> Document:
        f.only_admin(call, "agent")
        row = self.find(call, agent_id)
        if row["agent_type"] != kind:
            raise Refusal(409, f"Agent {agent_id} is not a {kind}", "InvalidAgent")
        return row
