"""Who the user is: OS_* variables and clouds.yaml, read like every OpenStack client does.

The search order of clouds.yaml follows openstacksdk's documentation: OS_CLIENT_CONFIG_FILE, the
current folder, ~/.config/openstack, /etc/openstack; secure.yaml beside it is merged in.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hearth.cli.errors import Exit, Stop, unreadable

WHAT_LOGS_IN = "hearth status  (after `hearth up`: prints what logs you in)"
_FOLDERS = (Path(), Path("~/.config/openstack"), Path("/etc/openstack"))
_ENVIRONMENT = (
    "auth_url", "username", "user_id", "password", "project_name", "project_id", "token",
    "user_domain_name", "user_domain_id", "project_domain_name", "project_domain_id", "trust_id",
    "domain_id", "domain_name", "application_credential_id", "application_credential_name",
    "application_credential_secret", "system_scope",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Login:
    """Everything needed to get a token and to find the orchestration service."""

    auth: dict[str, str]
    auth_type: str = "password"
    region: str | None = None
    interface: str = "public"
    verify: bool | str = True
    cert: str | tuple[str, str] | None = None
    endpoint: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def login(cloud: str | None, overrides: dict[str, str]) -> Login:
    """The login that the options, the environment and clouds.yaml add up to, in that order."""
    chosen = cloud or os.environ.get("OS_CLOUD")
    named = _cloud(chosen) if chosen else {}
    auth = {key: str(value) for key, value in named.get("auth", {}).items() if value is not None}
    if not cloud:
        auth |= _from_environment()
    auth |= overrides
    auth = _complete(auth)
    if "auth_url" not in auth:
        raise Stop(
            "nobody is logged in: there is no OS_CLOUD, no OS_AUTH_URL and no --os-cloud",
            Exit.NOT_ALLOWED,
            next_command=WHAT_LOGS_IN,
        )
    return Login(
        auth=auth,
        auth_type=named.get("auth_type") or os.environ.get("OS_AUTH_TYPE") or _type_of(auth),
        region=os.environ.get("OS_REGION_NAME") or named.get("region_name"),
        interface=os.environ.get("OS_INTERFACE") or named.get("interface") or "public",
        verify=_verify(named),
        cert=_cert(named),
        endpoint=os.environ.get("HEAT_URL") or named.get("orchestration_endpoint_override"),
    )


def _from_environment() -> dict[str, str]:
    found = {name: os.environ.get(f"OS_{name.upper()}", "") for name in _ENVIRONMENT}
    found["project_name"] = found["project_name"] or os.environ.get("OS_TENANT_NAME", "")
    found["project_id"] = found["project_id"] or os.environ.get("OS_TENANT_ID", "")
    return {name: value for name, value in found.items() if value}


def _complete(auth: dict[str, str]) -> dict[str, str]:
    """Names without a domain are of the default one, as every client assumes."""
    full = dict(auth)
    for what in ("user", "project"):
        named = "username" if what == "user" else "project_name"
        if named in full and not {f"{what}_domain_id", f"{what}_domain_name"} & set(full):
            full[f"{what}_domain_id"] = "default"
    return full


def _type_of(auth: dict[str, str]) -> str:
    if "application_credential_secret" in auth:
        return "v3applicationcredential"
    return "v3token" if "token" in auth else "password"


def _verify(named: dict[str, Any]) -> bool | str:
    if os.environ.get("OS_INSECURE", "").lower() in {"1", "true"} or named.get("verify") is False:
        return False
    return os.environ.get("OS_CACERT") or named.get("cacert") or True


def _cert(named: dict[str, Any]) -> str | tuple[str, str] | None:
    cert = os.environ.get("OS_CERT") or named.get("cert")
    key = os.environ.get("OS_KEY") or named.get("key")
    return (cert, key) if cert and key else cert


def _cloud(name: str) -> dict[str, Any]:
    files = _files()
    if not files:
        raise Stop(
            f'the cloud "{name}" is asked for, and there is no clouds.yaml',
            Exit.NOT_ALLOWED,
            next_command="hearth up  (it writes one and says where)",
        )
    merged: dict[str, Any] = {}
    for file in files:
        clouds = _read(file).get("clouds") or {}
        if not merged and name not in clouds:
            known = ", ".join(sorted(clouds)) or "none"
            after = f"heat --os-cloud {min(clouds)} list" if clouds else WHAT_LOGS_IN
            raise Stop(
                f'{file} has no cloud "{name}" (it has: {known})',
                Exit.NOT_ALLOWED,
                next_command=after,
            )
        merged = _merged(merged, clouds.get(name) or {})
    return merged


def _files() -> list[Path]:
    """clouds.yaml and, where there is one, secure.yaml beside it."""
    given = os.environ.get("OS_CLIENT_CONFIG_FILE")
    places = [Path(given)] if given else [
        folder.expanduser() / name for folder in _FOLDERS for name in ("clouds.yaml", "clouds.yml")
    ]  # fmt: skip
    for place in places:
        if place.is_file():
            secure = place.with_name("secure.yaml")
            return [place, secure] if secure.is_file() else [place]
    return []


def _read(file: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        said, after = unreadable(str(file), error)
        raise Stop(said, Exit.NOT_ALLOWED, next_command=after) from error
    return document if isinstance(document, dict) else {}


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = _merged(result[key], value) if both else value
    return result
