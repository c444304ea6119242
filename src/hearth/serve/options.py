"""What the processes can be told on their command lines."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class UpOptions:
    """`hearth up`. Ports: cfn at the base, cloudwatch +3, heat-api +4, the sandbox +5.

    port_base 0: whatever ports are free. cloud_url: the cloud to use instead of a sandbox inside.
    speed: how long the sandbox takes over its work: `real` or `fast`. guests: whether the agents
    in its servers are played.
    """

    state_dir: Path
    host: str = "127.0.0.1"
    port_base: int = 8000
    cloud_url: str | None = None
    speed: str = "real"
    guests: bool = False


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """`hearth sandbox`.

    heat_url: heat-api in its catalogue; without it the port below its own, as `up` has it.
    guests: whether the agents in its servers are played.
    """

    state_dir: Path
    host: str = "127.0.0.1"
    port: int = 8005
    speed: str = "real"
    heat_url: str | None = None
    guests: bool = False


@dataclass(frozen=True, slots=True)
class Urls:
    """Where everything answers."""

    heat: str
    cfn: str
    cloudwatch: str
    identity: str
