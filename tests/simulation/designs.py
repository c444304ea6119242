"""Stacks as a seed draws them: which resources, how they hang together, and how they change.

A design is a value; `changed` gives another. The same chance gives the same designs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import msgspec

Properties = dict[str, Any]

TRANSPORTS = ("TOKEN_SIGNAL", "CFN_SIGNAL", "HEAT_SIGNAL", "TEMP_URL_SIGNAL", "ZAQAR_SIGNAL")
"""How handles are signalled; here all by REST, which each of them takes."""

FAR = "elsewhere"
"""A stack of its own, made by REST: drawn only where that is asked for."""

COLLECTED = ("POLL_SERVER_CFN", "POLL_SERVER_HEAT", "POLL_TEMP_URL", "ZAQAR_MESSAGE")
"""How machines get what is deployed to them."""

ANSWERED = ("CFN_SIGNAL", "HEAT_SIGNAL", "TEMP_URL_SIGNAL", "ZAQAR_SIGNAL", "NO_SIGNAL")
"""How deployments are answered; here by REST, which each of them takes, or in Swift."""

DEPLOYED = ("CREATE", "UPDATE", "DELETE", "SUSPEND", "RESUME")

SECRET = "sesame-0pen"
"""The value of the hidden parameter: it must be seen nowhere."""


@dataclass(frozen=True, slots=True)
class Part:
    """A resource of a design. deps: names of other parts; variant: which of its properties."""

    kind: str
    deps: tuple[str, ...] = ()
    variant: int = 0
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Design:
    """A template to be."""

    parts: Mapping[str, Part] = field(default_factory=dict)
    number: int = 0

    def template(self) -> dict[str, Any]:
        """The document."""
        resources = {name: self._resource(name, part) for name, part in self.parts.items()}
        outputs = {
            f"out_{name}": {"value": {"get_resource": name}}
            for place, name in enumerate(sorted(self.parts))
            if place % 3 == 0
        }
        return {
            "heat_template_version": "2018-08-31",
            "parameters": {"password": {"type": "string", "hidden": True}},
            "resources": resources,
            "outputs": outputs,
        }

    def files(self) -> dict[str, str]:
        """Nested templates by name."""
        kinds = {part.kind for part in self.parts.values()}
        return {"nested.yaml": NESTED} if "nested" in kinds else {}

    def _resource(self, name: str, part: Part) -> dict[str, Any]:
        kind = KINDS[part.kind]
        made: dict[str, Any] = {"type": kind.type, "properties": kind.properties(part)}
        loose = [dep for dep in part.deps if self.parts[dep].kind not in kind.needs]
        if loose:
            made["depends_on"] = loose
        return made


@dataclass(frozen=True, slots=True)
class Kind:
    """How parts of a kind are written.

    properties: by the part's variant (changed in place) and generation (replaces it).
    needs: kinds of parts that it must hang on, by reference. weight: how often it is drawn.
    """

    type: str
    properties: Callable[[Part], Properties]
    needs: tuple[str, ...] = ()
    weight: int = 1


def _dep(part: Part, place: int = 0) -> dict[str, str]:
    return {"get_resource": part.deps[place]}


def _value(part: Part) -> Properties:
    words = [f"v{part.variant}", str(part.generation), {"get_param": "password"}]
    return {"value": {"list_join": ["-", words]}}


def _server(part: Part) -> Properties:
    nics: list[Properties] = [{"port": _dep(part)}] if part.kind == "server_port" else []
    if not nics or part.variant & 2:
        nics.append({"network": "private"})
    if part.variant & 4:
        nics.append({"network": "private"})
    return {
        "flavor": "m1.nano",
        "image": "cirros",
        "networks": nics,
        "metadata": {"variant": str(part.variant)},
        "user_data_format": "RAW",
        "user_data": f"generation {part.generation}",
    }


def _port(part: Part) -> Properties:
    return {
        "network": _dep(part),
        "fixed_ips": [{"subnet": _dep(part, 1)}],
        "admin_state_up": part.variant % 2 == 0,
    }


KINDS: dict[str, Kind] = {
    "string": Kind(
        "OS::Heat::RandomString",
        lambda part: {"length": 8 + part.variant % 3, "salt": f"s{part.generation}"},
        weight=3,
    ),
    "value": Kind("OS::Heat::Value", _value, weight=2),
    "net": Kind(
        "OS::Neutron::Net",
        lambda part: {"admin_state_up": part.variant % 2 == 0},
        weight=2,
    ),
    "subnet": Kind(
        "OS::Neutron::Subnet",
        lambda part: {
            "network": _dep(part),
            "cidr": f"10.{part.generation % 200}.7.0/24",
            "enable_dhcp": part.variant % 2 == 0,
        },
        needs=("net",),
        weight=2,
    ),
    "port": Kind("OS::Neutron::Port", _port, needs=("net", "subnet"), weight=2),
    "group_rules": Kind(
        "OS::Neutron::SecurityGroup",
        lambda part: {
            "description": f"variant {part.variant}",
            "rules": [{"protocol": "tcp", "port_range_min": 22, "port_range_max": 22}],
        },
    ),
    "server": Kind("OS::Nova::Server", _server, weight=2),
    "server_port": Kind("OS::Nova::Server", _server, needs=("port",)),
    "volume": Kind(
        "OS::Cinder::Volume",
        lambda part: {
            "size": 1 + part.variant % 3,
            "availability_zone": "nova",
            "metadata": {"variant": str(part.variant)},
        },
        weight=2,
    ),
    "group": Kind(
        "OS::Heat::ResourceGroup",
        lambda part: {
            "count": 1 + part.variant % 3,
            "resource_def": {
                "type": "OS::Heat::RandomString",
                "properties": {"length": 8, "salt": f"s{part.generation}"},
            },
        },
        weight=2,
    ),
    "nets": Kind(
        "OS::Heat::ResourceGroup",
        lambda part: {
            "count": 1 + part.variant % 2,
            "resource_def": {"type": "OS::Neutron::Net", "properties": {}},
        },
    ),
    "scaled": Kind(
        "OS::Heat::AutoScalingGroup",
        lambda part: {
            "min_size": 0,
            "max_size": 4,
            "desired_capacity": 1 + part.variant % 2,
            "rolling_updates": {"max_batch_size": 1, "min_in_service": 1, "pause_time": 1},
            "resource": {
                "type": "OS::Neutron::Net",
                "properties": {"admin_state_up": part.generation % 2 == 0},
            },
        },
    ),
    "policy": Kind(
        "OS::Heat::ScalingPolicy",
        lambda part: {
            "auto_scaling_group_id": _dep(part),
            "adjustment_type": "exact_capacity",
            "scaling_adjustment": part.variant % 4,
            "cooldown": 0,
        },
        needs=("scaled",),
        weight=2,
    ),
    "attachment": Kind(
        "OS::Cinder::VolumeAttachment",
        lambda part: {"instance_uuid": _dep(part), "volume_id": _dep(part, 1)},
        needs=("server", "volume"),
    ),
    "nested": Kind(
        "nested.yaml",
        lambda part: {"variant": str(part.variant), "generation": str(part.generation)},
        weight=2,
    ),
    "test": Kind(
        "OS::Heat::TestResource",
        lambda part: {
            "value": f"v{part.variant}",
            "wait_secs": part.variant % 4,
            "update_replace": False,
        },
        weight=2,
    ),
    "handle": Kind(
        "OS::Heat::WaitConditionHandle",
        lambda part: {"signal_transport": TRANSPORTS[part.generation % len(TRANSPORTS)]},
    ),
    "condition": Kind(
        "OS::Heat::WaitCondition",
        lambda part: {
            "handle": _dep(part),
            "count": 1 + part.variant % 2,
            "timeout": 3000 + part.generation % 100,
        },
        needs=("handle",),
        weight=2,
    ),
    "failing": Kind(
        "OS::Heat::TestResource",
        lambda part: {"value": f"v{part.variant}", "fail": part.variant % 2 == 0, "wait_secs": 1},
    ),
    FAR: Kind(
        "OS::Heat::Stack",
        lambda part: {
            "template": NESTED,
            "parameters": {"variant": str(part.variant), "generation": str(part.generation)},
        },
        weight=12,
    ),
    "deaf": Kind("AWS::CloudFormation::WaitConditionHandle", lambda _part: {}),
    "unheard": Kind(
        "AWS::CloudFormation::WaitCondition",
        lambda part: {"Handle": _dep(part), "Timeout": 2 + part.generation % 5},
        needs=("deaf",),
    ),
    "machine": Kind(
        "OS::Heat::DeployedServer",
        lambda part: {"software_config_transport": COLLECTED[part.variant % len(COLLECTED)]},
    ),
    "config": Kind(
        "OS::Heat::SoftwareConfig",
        lambda part: {"group": "script", "config": f"{part.variant}", "inputs": [{"name": "foo"}]},
    ),
    "deployment": Kind(
        "OS::Heat::SoftwareDeployment",
        lambda part: {
            "server": _dep(part),
            "config": _dep(part, 1),
            "input_values": {"foo": f"v{part.variant}"},
            "signal_transport": ANSWERED[part.generation % len(ANSWERED)],
            "actions": list(DEPLOYED[: 2 + part.generation % 4]),
        },
        needs=("machine", "config"),
        weight=8,
    ),
}

DEPLOYING = frozenset({"machine", "config", "deployment"})
"""Kinds that only some seeds draw."""

NESTED: str = msgspec.json.encode({
    "heat_template_version": "2018-08-31",
    "parameters": {"variant": {"type": "string"}, "generation": {"type": "string"}},
    "resources": {
        "inner": {
            "type": "OS::Heat::RandomString",
            "properties": {"length": 8, "salt": {"get_param": "generation"}},
        },
        "told": {"type": "OS::Heat::Value", "properties": {"value": {"get_param": "variant"}}},
        "net": {"type": "OS::Neutron::Net", "depends_on": "inner"},
    },
    "outputs": {"told": {"value": {"get_attr": ["told", "value"]}}},
}).decode()  # fmt: skip


@dataclass(slots=True)
class Draftsman:
    """Draws designs. kinds: those that the types which are there allow."""

    chance: Random
    kinds: tuple[str, ...]
    largest: int = 8
    made: int = 0

    def drawn(self) -> Design:
        """A new design."""
        design = Design({}, self._number())
        for _ in range(self.chance.randint(1, self.largest)):
            design = self._with_more(design)
        return design

    def changed(self, design: Design) -> Design:
        """The design after a user's change: one to three things are other than before."""
        after = design
        for _ in range(self.chance.randint(1, 3)):
            deed = self.chance.choice((self._with_more, self._less, self._varied, self._renewed))
            after = deed(after)
        return replace(after, number=self._number())

    def _number(self) -> int:
        self.made += 1
        return self.made

    def _with_more(self, design: Design) -> Design:
        """With one more part, and what it must hang on."""
        kinds = [kind for kind in self.kinds for _ in range(KINDS[kind].weight)]
        design, _name = self._added(design, self.chance.choice(kinds))
        return design

    def _added(self, design: Design, kind: str) -> tuple[Design, str]:
        deps: list[str] = []
        for needed in KINDS[kind].needs:
            design, name = self._found(design, needed, deps)
            deps.append(name)
        others = [name for name in design.parts if name not in deps]
        if others and self.chance.random() < 0.4:
            deps.append(self.chance.choice(others))
        name = f"{kind}_{self._number()}"
        part = Part(kind, tuple(deps), self.chance.randrange(4), self._number())
        return replace(design, parts={**design.parts, name: part}), name

    def _found(self, design: Design, kind: str, deps: list[str]) -> tuple[Design, str]:
        """A part of the kind that fits with those chosen before, or a new one.

        Each server gets a port and a volume of its own: one that another has, it would be refused.
        """
        if kind in ("port", "volume"):
            return self._added(design, kind)
        fitting = [
            name
            for name, part in design.parts.items()
            if part.kind == kind and (not deps or kind != "subnet" or part.deps[0] in deps)
        ]
        if fitting:
            return design, self.chance.choice(fitting)
        if kind == "subnet" and deps:
            name = f"subnet_{self._number()}"
            part = Part("subnet", (deps[0],), 0, self._number())
            return replace(design, parts={**design.parts, name: part}), name
        return self._added(design, kind)

    def _less(self, design: Design) -> Design:
        """Without a part that nothing hangs on."""
        held = {dep for part in design.parts.values() for dep in part.deps}
        free = [name for name in design.parts if name not in held]
        if len(design.parts) < 2 or not free:
            return design
        gone = self.chance.choice(free)
        return replace(design, parts={n: p for n, p in design.parts.items() if n != gone})

    def _varied(self, design: Design) -> Design:
        """With a part that is to be changed in place."""
        return self._with(design, lambda part: replace(part, variant=part.variant + 1))

    def _renewed(self, design: Design) -> Design:
        """With a part that is to be replaced, where its kind knows such a change."""
        return self._with(design, lambda part: replace(part, generation=self._number()))

    def _with(self, design: Design, change: Callable[[Part], Part]) -> Design:
        name = self.chance.choice(sorted(design.parts))
        return replace(design, parts={**design.parts, name: change(design.parts[name])})
