"""The tables. No foreign keys: rows are written in folded batches, and the writer keeps order.

Times are seconds since the epoch, UTC. Columns that hold JSON are text, which the codec makes.
Large columns stand last, so that a look at the others does not read through them.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
)

from hearth.store.dialects import LongBinary, LongText

REVISION = "0008"
"""The newest migration; what `create` makes equals what the migrations up to it make."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Alembic's own, of the form that it would give it.
revision = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)

# Names are compared letter by letter everywhere; MySQL's default would ignore case.
_LETTERS: dict[str, Any] = {
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
}
_ID = String(36)
_NAME = String(255)
_HASH = String(128)


def _table(name: str, *columns: Column[Any] | Index, clustered: bool = False) -> Table:
    """A table; `clustered` rows are small, and SQLite keeps them in the key's own tree."""
    options: dict[str, Any] = {"sqlite_with_rowid": False} if clustered else {}
    made: Table = Table(name, metadata, *columns, **options, **_LETTERS)
    return made


def _json(name: str) -> Column[str]:
    return Column(name, LongText, nullable=False)


stacks = _table(
    "stacks",
    Column("id", _ID, primary_key=True),
    Column("name", _NAME, nullable=False),
    Column("project_id", String(64), nullable=False),
    # `<project>/<name>` of a root that is not deleted, else null: unique without a partial
    # index, which MariaDB does not have.
    Column("name_key", String(320), unique=True),
    Column("action", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double),
    Column("deleted_at", Double),
    Column("root_id", _ID, nullable=False, index=True),
    Column("parent_id", _ID, index=True),
    Column("parent_resource", _NAME),
    Column("depth", Integer, nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("username", _NAME, nullable=False),
    Column("inputs_id", _ID, nullable=False),
    Column("previous_inputs_id", _ID),
    Column("credentials_id", _ID),
    Column("stack_user_project_id", String(64)),
    Column("run_id", _ID),
    Column("version", Integer, nullable=False),
    Column("timeout_mins", Integer),
    Column("disable_rollback", Boolean, nullable=False),
    Column("outputs_stale", Boolean, nullable=False),
    Column("tags", LongText, nullable=False),
    Column("reason", LongText, nullable=False),
    Column("description", LongText, nullable=False),
    _json("shown_parameters"),
    _json("outputs"),
    Column("outputs_heard", BigInteger),
    Column("abandoned_at", Double),
    Index("ix_stacks_project_id_created_at", "project_id", "created_at"),
)

stack_tags = _table(
    "stack_tags",
    Column("stack_id", _ID, primary_key=True),
    Column("tag", String(80), primary_key=True, index=True),
    clustered=True,
)

inputs = _table(
    "inputs",
    Column("id", _ID, primary_key=True),
    Column("template_hash", _HASH, nullable=False),
    Column("files_hash", _HASH, nullable=False),
    Column("timeout_s", Double, nullable=False),
    Column("disable_rollback", Boolean, nullable=False),
    _json("tags"),
    _json("environment"),
    _json("parameters"),
)

texts = _table(
    "texts",
    Column("hash", _HASH, primary_key=True),
    Column("text", LongText, nullable=False),
)

resources = _table(
    "resources",
    Column("id", _ID, primary_key=True),
    Column("stack_id", _ID, nullable=False, index=True),
    Column("name", _NAME, nullable=False),
    Column("type", LongText, nullable=False),
    Column("type_resolved", LongText, nullable=False),
    Column("action", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double),
    Column("physical_id", LongText),
    Column("replaces", _ID),
    Column("replaced_by", _ID),
    Column("nested_id", _ID),
    Column("deletion_policy", String(32), nullable=False),
    Column("external", Boolean, nullable=False),
    Column("where", LongText, nullable=False),
    Column("intent", LongText),
    Column("reason", LongText, nullable=False),
    Column("description", LongText, nullable=False),
    _json("reference"),
    _json("required_by"),
    _json("requires"),
    _json("update_policy"),
    _json("data"),
    _json("metadata"),
    _json("properties"),
    _json("attributes"),
)

# Apart from the resources, whose rows are written by runs that know of no signal.
heard = _table(
    "heard",
    Column("resource_id", _ID, primary_key=True),
    Column("stack_id", _ID, nullable=False, index=True),
    Column("count", BigInteger, nullable=False),
    _json("kept"),
    _json("letters"),
)

events = _table(
    "events",
    Column("root_id", _ID, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("id", _ID, nullable=False, index=True),
    Column("stack_id", _ID, nullable=False),
    Column("resource_name", _NAME, nullable=False),
    Column("resource_type", LongText, nullable=False),
    Column("action", String(16)),
    Column("status", String(16)),
    Column("status_text", _NAME, nullable=False),
    Column("at", Double, nullable=False),
    Column("operation_id", String(64), nullable=False),
    Column("physical_id", LongText),
    Column("reason", LongText, nullable=False),
    _json("properties"),
    Index("ix_events_stack_id_number", "stack_id", "number"),
)

event_counters = _table(
    "event_counters",
    Column("root_id", _ID, primary_key=True),
    Column("last", BigInteger, nullable=False),
    clustered=True,
)

runs = _table(
    "runs",
    Column("id", _ID, primary_key=True),
    Column("stack_id", _ID, nullable=False, index=True),
    Column("root_id", _ID, nullable=False),
    Column("action", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("started_at", Double, nullable=False),
    Column("deadline_at", Double, nullable=False),
    Column("inputs_id", _ID, nullable=False),
    Column("operation_id", String(64), nullable=False),
    Column("parent_run_id", _ID, index=True),
    Column("parent_step", LongText),
    _json("plan"),
)

# A row of its own for what changes with every batch: a run's own row carries its whole plan.
leases = _table(
    "leases",
    Column("run_id", _ID, primary_key=True),
    Column("running", Boolean, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("owner", String(64)),
    Column("lease_until", Double),
    Column("superseded_by", _ID),
    Index("ix_leases_running_owner", "running", "owner"),
    clustered=True,
)

steps = _table(
    "steps",
    Column("run_id", _ID, primary_key=True),
    Column("key", String(320), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("outcome", _NAME, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("reason", LongText, nullable=False),
    clustered=True,
)

# Small and short-lived: a row for each step that stands at a hook.
hooks = _table(
    "hooks",
    Column("resource_id", _ID, primary_key=True),
    Column("hook", String(16), primary_key=True),
    Column("stack_id", _ID, nullable=False),
    Column("run_id", _ID, nullable=False, index=True),
    Column("at", Double, nullable=False),
    Column("cleared", Boolean, nullable=False),
    clustered=True,
)

snapshots = _table(
    "snapshots",
    Column("id", _ID, primary_key=True),
    Column("stack_id", _ID, nullable=False, index=True),
    Column("name", _NAME, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("inputs_id", _ID, nullable=False),
    Column("action", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("reason", LongText, nullable=False),
    _json("data"),
)

causes = _table(
    "causes",
    Column("run_id", _ID, primary_key=True),
    Column("step", String(320), primary_key=True),
    Column("root_id", _ID, nullable=False, index=True),
    Column("stack_id", _ID, nullable=False),
    Column("operation_id", String(64), nullable=False),
    Column("action", String(16), nullable=False),
    Column("at", Double, nullable=False),
    Column("error", _NAME, nullable=False),
    Column("follows", Boolean, nullable=False),
    Column("type", LongText, nullable=False),
    Column("call", LongText),
    Column("message", LongText, nullable=False),
    Column("hint", LongText, nullable=False),
    _json("path"),
    _json("where"),
)

credentials = _table(
    "credentials",
    Column("id", _ID, primary_key=True),
    Column("user_id", String(64), nullable=False),
    Column("project_id", String(64), nullable=False),
    Column("trustor_domain", String(64), nullable=False),
    Column("trust_id", LongText, nullable=False),
    _json("roles"),
)

# Trusts that are asked for, or are to be taken back: what the sweeper looks after.
spare_trusts = _table(
    "spare_trusts",
    Column("id", _ID, primary_key=True),
    Column("user_id", String(64), nullable=False),
    Column("project_id", String(64), nullable=False),
    Column("at", Double, nullable=False, index=True),
    Column("ends_at", Double, nullable=False),
    Column("trust_id", LongText, nullable=False),
)

parked = _table(
    "parked",
    Column("run_id", _ID, primary_key=True),
    Column("root_id", _ID, nullable=False, index=True),
    Column("since", Double, nullable=False),
    Column("looks", Integer, nullable=False),
    clustered=True,
)

# What one engine at a time does now and then: who is at it until when, and when it was done.
chores = _table(
    "chores",
    Column("name", String(64), primary_key=True),
    Column("owner", String(64)),
    Column("held_until", Double),
    Column("done_at", Double),
    clustered=True,
)

answers = _table(
    "answers",
    Column("id", String(64), primary_key=True),
    Column("at", Double, nullable=False, index=True),
    Column("answer", LongBinary, nullable=False),
)

configs = _table(
    "software_configs",
    Column("id", _ID, primary_key=True),
    Column("project_id", String(64), nullable=False),
    Column("name", _NAME, nullable=False),
    Column("group", _NAME, nullable=False),
    Column("created_at", Double, nullable=False),
    _json("config"),
    _json("inputs"),
    _json("outputs"),
    _json("options"),
    Index("ix_software_configs_project_id_created_at", "project_id", "created_at"),
)

deployments = _table(
    "software_deployments",
    Column("id", _ID, primary_key=True),
    Column("project_id", String(64), nullable=False),
    Column("stack_user_project_id", String(64)),
    Column("server_id", _NAME, nullable=False, index=True),
    Column("config_id", _ID, nullable=False, index=True),
    Column("action", _NAME),
    Column("status", _NAME),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double),
    Column("version", Integer, nullable=False),
    Column("reason", LongText),
    _json("input_values"),
    _json("output_values"),
    Index("ix_software_deployments_project_id_created_at", "project_id", "created_at"),
    Index(
        "ix_software_deployments_stack_user_project_id_created_at",
        "stack_user_project_id",
        "created_at",
    ),
)

services = _table(
    "services",
    Column("id", _ID, primary_key=True),
    Column("engine_id", _ID, nullable=False),
    Column("host", _NAME, nullable=False),
    Column("hostname", _NAME, nullable=False),
    Column("binary", _NAME, nullable=False),
    Column("topic", _NAME, nullable=False),
    Column("report_interval_s", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double),
    Column("deleted_at", Double),
)
