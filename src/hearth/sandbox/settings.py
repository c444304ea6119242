"""What a simulated cloud is like: where it answers, how long things take, who may log in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds that an object spends in a transitional state."""

    server_build: float = 3.0
    server_action: float = 1.0
    server_resize: float = 2.0
    server_delete: float = 1.0
    port_bind: float = 0.5
    volume_create: float = 1.0
    volume_change: float = 1.0
    volume_delete: float = 1.0
    snapshot: float = 1.0
    backup: float = 2.0
    image_save: float = 2.0
    image_import: float = 1.0
    guest_pulse: float = 2.0
    """How often a guest looks for what there is to do."""

    @classmethod
    def fast(cls, seconds: float = 0.0) -> "Times":
        """Every transition takes so long; with 0 it is over when one looks the next time."""
        return cls(**{one.name: seconds for one in fields(cls)})


def _passwords() -> dict[str, str]:
    names = ("demo", "alt_demo", "admin", "heat", "heat_domain_admin")
    return dict.fromkeys(names, "secret")


@dataclass(frozen=True, slots=True)
class Settings:
    """All that is decided before the cloud starts."""

    url: str = "http://127.0.0.1:8005"
    """What clients reach it by; stands in the catalogue and in every link."""
    path: str | None = None
    """The SQLite file that holds it; None keeps it in memory."""
    times: Times = field(default_factory=Times)
    orchestration_url: str = "http://127.0.0.1:8004/v1/%(tenant_id)s"
    cloudformation_url: str = "http://127.0.0.1:8000/v1"
    passwords: Mapping[str, str] = field(default_factory=_passwords)
    token_life_s: float = 86400.0
    list_delay_s: float = 0.0
    """For so long a fresh object is missing from lists, as behind a lagging replica."""
    region: str = "RegionOne"
    hosts: int = 8
    """Compute hosts; a server whose flavor is larger than one of them has no valid host."""
    host_memory_mb: int = 65536
    host_vcpus: int = 32
    host_disk_gb: int = 2048
    quotas: Mapping[str, int] = field(default_factory=dict)
    """Instead of a service's own defaults, by the service's name for it, e.g. `instances`."""
