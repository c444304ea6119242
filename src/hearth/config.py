"""Settings: declared in this one place, read once at the start of a process, passed down.

Names are upstream's where the meaning is the same, so that a `heat.conf` stays valid. Each field
below is the declaration of an option, its default and its help; `load` makes options of
oslo.config from them and refuses a wrong value with the option's name and its file. A process that
reads no file needs no oslo.config, which is then not even imported.

Groups that belong to a library (keystone_authtoken, oslo_policy) are read by that library; what
hearth itself needs of them is not here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from hearth.base.errors import HearthError


class WrongConfiguration(HearthError):
    """A configuration that a process refuses to start with."""

    default_kind = "WrongConfiguration"


def option(
    doc: str,
    default: Any = None,
    *,
    secret: bool = False,
    least: int | None = None,
    most: int | None = None,
    choices: Sequence[str] = (),
) -> Any:
    """Declare an option: what it means, its default, what it may be."""
    told = {"doc": doc, "secret": secret, "least": least, "most": most, "choices": choices}
    return field(default=default, metadata=told, repr=not secret)


UNLIMITED_RESOURCES = 100_000
"""What `max_resources_per_stack = -1` comes to: memory has a limit where nobody set one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where a service listens: the groups heat_api, heat_api_cfn and heat_api_cloudwatch."""

    # Every address of the machine, as upstream has it.
    bind_host: str = option("The address to listen on.", "0.0.0.0")  # noqa: S104
    bind_port: int = option("The port; 0 means the service's own.", 0, least=0, most=65535)
    workers: int = option("How many processes; 0 means one for each processor.", 0, least=0)
    cert_file: str | None = option("The certificate to serve with; none means plain HTTP.")
    key_file: str | None = option("The certificate's private key.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Where the truth is kept."""

    connection: str = option("The database's URL.", "sqlite:///heat.sqlite", secret=True)
    max_pool_size: int = option("Connections kept open.", 5, least=1)
    max_overflow: int = option("Connections opened beyond those, for a while.", 50, least=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trustee:
    """The service user that acts on a stack's trust when its owner is away."""

    auth_type: str = option("The way to log in.", "password", choices=("password", "v3password"))
    auth_url: str | None = option("Keystone's address.")
    username: str | None = option("The user's name.")
    password: str | None = option("The user's password.", secret=True)
    user_domain_id: str | None = option("The user's domain, by id.")
    user_domain_name: str | None = option("The user's domain, by name.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ec2AuthToken:
    """As whom heat-api-cfn has signatures checked; without auth_url, as the trustee."""

    auth_type: str = option("The way to log in.", "password", choices=("password", "v3password"))
    auth_url: str | None = option("Keystone's address.")
    username: str | None = option("The user's name.")
    password: str | None = option("The user's password.", secret=True)
    user_domain_name: str | None = option("The user's domain, by name.")
    project_name: str | None = option("The project to log in for; none means service.")
    project_domain_name: str | None = option("That project's domain, by name.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """How the engine reaches the cloud's services."""

    endpoint_type: str = option(
        "Which of a service's endpoints to use.",
        "publicURL",
        choices=("publicURL", "internalURL", "adminURL", "public", "internal", "admin"),
    )
    ca_file: str | None = option("Certificates of the authorities to trust.")
    cert_file: str | None = option("A certificate to show.")
    key_file: str | None = option("That certificate's private key.")
    insecure: bool = option("Whether to believe any certificate.", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """The group constraint_validation_cache: names that the cloud is known to have."""

    caching: bool = option("Whether names that were found are remembered.", default=True)
    expiration_time: int = option("Seconds that a name is remembered.", 60, least=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Yaql:
    """The group yaql: what an expression in a template may use."""

    limit_iterators: int = option("Entries that an expression may go through.", 200, least=1)
    memory_quota: int = option("Bytes that an expression may hold.", 10000, least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volumes:
    """The group volumes."""

    backups_enabled: bool = option("Whether Cinder makes backups.", default=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What build_info answers."""

    heat_revision: str = option("The revision that is installed.", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that can be configured. The fields that stand alone are of the group DEFAULT."""

    answers_kept: int = option(
        "Seconds that a command's answer is kept, should the command come again.", 3600, least=300
    )
    runs_kept: int = option("Seconds that runs are kept after they began.", 604800, least=3600)
    strays_interval: int = option(
        "Seconds between looks for objects of ours without a row; 0 is never.", 86400, least=0
    )
    sweep_interval: int = option(
        "Seconds between sweeps for leftover trusts and users of stacks; 0 is never.", 900, least=0
    )
    action_retry_limit: int = option("Attempts after an object went to ERROR.", 5, least=0)
    allow_trusts_redelegation: bool = option(
        "Whether services that are asked for a stack may always be let act for its owner in turn.",
        default=False,
    )
    auth_encryption_key: str = option(
        "What secrets are encrypted with in the database: 32 characters.",
        "notgood but just long enough i t",
        secret=True,
    )
    control_exchange: str = option("What our queues at the broker begin with.", "hearth")
    debug: bool = option("Whether to log much.", default=False)
    default_software_config_transport: str = option(
        "How a server is told its software configuration.",
        "POLL_SERVER_CFN",
        choices=("POLL_SERVER_CFN", "POLL_SERVER_HEAT", "POLL_TEMP_URL", "ZAQAR_MESSAGE"),
    )
    default_deployment_signal_transport: str = option(
        "How a server says that a deployment is done.",
        "CFN_SIGNAL",
        choices=("CFN_SIGNAL", "TEMP_URL_SIGNAL", "HEAT_SIGNAL", "ZAQAR_SIGNAL"),
    )
    default_user_data_format: str = option(
        "How user data is wrapped where a template does not say.",
        "HEAT_CFNTOOLS",
        choices=("HEAT_CFNTOOLS", "RAW", "SOFTWARE_CONFIG"),
    )
    enable_stack_abandon: bool = option("Whether stacks may be abandoned.", default=False)
    enable_stack_adopt: bool = option("Whether stacks may be adopted.", default=False)
    encrypt_parameters_and_properties: bool = option(
        "Whether all properties are encrypted, and not only what is secret.", default=False
    )
    environment_dir: str = option(
        "Environment files that hold for every stack.", "/etc/heat/environment.d"
    )
    error_wait_time: int = option("Seconds of grace for work in flight.", 240, least=0)
    heat_metadata_server_url: str | None = option("Where servers find the CloudFormation API.")
    heat_waitcondition_server_url: str | None = option("Where wait handles are signalled.")
    heat_stack_user_role: str = option("The role of users made for stacks.", "heat_stack_user")
    hidden_stack_tags: tuple[str, ...] = option("Stacks with one of these are not listed.", ())
    host: str | None = option("This engine's name; none means the machine's.")
    max_events_per_stack: int = option("Events kept for a stack; 0 keeps all.", 1000, least=0)
    event_purge_batch_size: int = option("Events dropped at once.", 200, least=1)
    max_json_body_size: int = option("The largest request body, in bytes.", 1048576, least=1)
    max_nested_stack_depth: int = option("How deep stacks may be nested.", 5, least=0)
    max_resources_per_stack: int = option("Resources in one tree; -1 is no limit.", 1000)
    max_server_name_length: int = option("Where a server's name is cut.", 53, most=53)
    max_snapshots_per_stack: int = option("Snapshots of one stack; -1 is no limit.", 32)
    max_software_configs_per_tenant: int = option("Software configs; -1 is no limit.", 4096)
    max_software_deployments_per_tenant: int = option("Software deployments; -1 is no limit.", 4096)
    max_stacks_per_tenant: int = option("Stacks of one project; -1 is no limit.", 512)
    max_template_size: int = option("The largest template, in bytes.", 524288, least=1)
    num_engine_workers: int = option("Engine processes; 0 is one a processor.", 0, least=0)
    observe_on_update: bool = option("Whether updates look at the cloud first.", default=False)
    periodic_interval: int = option("Seconds between housekeeping.", 60, least=1)
    region_name_for_services: str | None = option("The region whose services are used.")
    stack_action_timeout: int = option("Seconds that a stack may take.", 3600, least=1)
    stack_domain_admin: str | None = option("Who makes the users of stacks.")
    stack_domain_admin_password: str | None = option("That user's password.", secret=True)
    stack_scheduler_hints: bool = option("Whether servers are told their stack.", default=False)
    stack_user_domain_id: str | None = option("The domain for users of stacks, by id.")
    stack_user_domain_name: str | None = option("The same, by name.")
    template_dir: str = option("Templates that environments may name.", "/etc/heat/templates")
    template_fetch_private: bool = option(
        "Whether templates may be fetched from loopback, link-local and private addresses.",
        default=False,
    )
    template_fetch_timeout: float = option("Seconds to fetch a template in.", 60.0)
    rpc_response_timeout: int = option("Seconds to wait for an engine.", 60, least=1)
    transport_url: str = option("The message broker.", "rabbit://", secret=True)
    trusts_delegated_roles: tuple[str, ...] = option("Roles to delegate; none means all.", ())
    heat_api: Listening = Listening()
    heat_api_cfn: Listening = Listening()
    heat_api_cloudwatch: Listening = Listening()
    database: Database = Database()
    trustee: Trustee = Trustee()
    ec2authtoken: Ec2AuthToken = Ec2AuthToken()
    clients: Clients = Clients()
    constraint_validation_cache: Cache = Cache()
    volumes: Volumes = Volumes()
    yaql: Yaql = Yaql()
    revision: Revision = Revision()

    @property
    def most_resources(self) -> int:
        """How many resources of one tree are ever looked at, be there a limit or not."""
        limit = self.max_resources_per_stack
        return limit if limit != -1 else UNLIMITED_RESOURCES


def load(files: Sequence[Path]) -> Settings:
    """The settings that the files give, a later file winning; defaults where they say nothing."""
    if not files:
        return Settings()
    # 0.1 s of start-up that a process without configuration files does without.
    from oslo_config import cfg

    conf = cfg.ConfigOpts()
    for group, declared in options().items():
        conf.register_opts([_oslo(cfg, one) for one in declared.values()], group=group)
    try:
        conf([], project="heat", default_config_files=[str(f) for f in files])
        found = {
            group: {name: conf[group][name] if group else conf[name] for name in declared}
            for group, declared in options().items()
        }
    except (cfg.Error, OSError, UnicodeError) as error:
        raise WrongConfiguration(_refusal(str(error), files)) from error
    return _settings(found)


def _settings(found: Mapping[str | None, Mapping[str, Any]]) -> Settings:
    """The frozen values that oslo.config's stand for."""
    hints = get_type_hints(Settings)
    groups = {name: hints[name](**_plain(found[name])) for name in found if name is not None}
    return Settings(**_plain(found[None]), **groups)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {n: tuple(v) if isinstance(v, list) else v for n, v in values.items()}


def options() -> dict[str | None, dict[str, "Declared"]]:
    """All that is declared: group (None for DEFAULT) → name → declaration."""
    hints = get_type_hints(Settings)
    found: dict[str | None, dict[str, Declared]] = {None: {}}
    for one in fields(Settings):
        if is_dataclass(hints[one.name]):
            kinds = get_type_hints(hints[one.name])
            inner = fields(hints[one.name])
            found[one.name] = {f.name: Declared(f, kinds[f.name]) for f in inner}
        else:
            found[None][one.name] = Declared(one, hints[one.name])
    return found


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared option and its annotation, evaluated."""

    field: Field[Any]
    hint: Any

    @property
    def kind(self) -> type:
        """The type without `| None` and without what a tuple holds."""
        if isinstance(self.hint, type):
            return self.hint
        if get_origin(self.hint) is tuple:
            return tuple
        kind: type = next(a for a in get_args(self.hint) if a is not type(None))
        return kind


def _oslo(cfg: Any, declared: Declared) -> Any:
    """The option as oslo.config knows it."""
    told = declared.field.metadata
    given = declared.field.default
    shared = {
        "help": told["doc"],
        "secret": told["secret"],
        "default": None if given is MISSING else given,
    }
    match declared.kind.__name__:
        case "int":
            kind = cfg.types.Integer(min=told["least"], max=told["most"])
            return cfg.Opt(declared.field.name, type=kind, **shared)
        case "float":
            return cfg.FloatOpt(declared.field.name, **shared)
        case "bool":
            return cfg.BoolOpt(declared.field.name, **shared)
        case "tuple":
            listed = {"default": list(shared["default"] or ())}
            return cfg.ListOpt(declared.field.name, **(shared | listed))
        case _:
            choices = list(told["choices"]) or None
            return cfg.StrOpt(declared.field.name, choices=choices, **shared)


def default_files(program: str) -> tuple[Path, ...]:
    """The configuration files that a program reads by itself, as /etc/heat/heat.conf."""
    # As in `load`.
    from oslo_config import cfg

    found = cfg.find_config_files(project="heat", prog=program)
    for folder in cfg.find_config_dirs(project="heat", prog=program):
        found += sorted(str(path) for path in Path(folder).glob("*.conf"))
    return tuple(Path(path) for path in found)


def where_set(name: str, files: Sequence[Path], group: str = "DEFAULT") -> str | None:
    """`file:line` of the setting that counts; None where no file has the option."""
    found = None
    for file in files:
        line = _line_of(name, file, group)
        found = f"{file}:{line}" if line else found
    return found


_WRONG_VALUE = re.compile(
    r"Value for option (\S+) from .*detail='(.*?)'\) is not valid: (.*)", re.DOTALL
)


def _refusal(said: str, files: Sequence[Path]) -> str:
    """The sentence that a person needs: which file and line, which option, what is wrong."""
    wrong = _WRONG_VALUE.search(said)
    if wrong is None:
        return f"The configuration in {', '.join(str(f) for f in files)} is refused: {said}"
    name, file, reason = wrong.groups()
    line = _line_of(name, Path(file)) or 1
    return f"{file}:{line}: the option {name} is wrong: {reason}"


_GROUP = re.compile(r"\[(.+)\]\s*$")


def _line_of(name: str, file: Path, group: str | None = None) -> int:
    """The last line that sets the option, which is the one that counts; 0 if none does."""
    setting = re.compile(rf"{re.escape(name)}\s*[=:]")
    found, inside = 0, "DEFAULT"
    for at, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if opens := _GROUP.match(line):
            inside = opens[1]
        elif group in {None, inside} and setting.match(line.lstrip()):
            found = at
    return found
