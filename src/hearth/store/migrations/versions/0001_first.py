"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from hearth.store.dialects import LongBinary, LongText

revision = "0001"
down_revision = None

_LETTERS: dict[str, Any] = {
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
}


def upgrade() -> None:
    """Make them."""
    _answers()
    _credentials()
    _event_counters()
    _events()
    _inputs()
    _leases()
    _resources()
    _runs()
    _services()
    _software_configs()
    _stack_tags()
    _stacks()
    _steps()
    _texts()


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("answer", LongBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        **_LETTERS,
    )
    op.create_index("ix_answers_at", "answers", ["at"], unique=False)


def _credentials() -> None:
    op.create_table(
        "credentials",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("trustor_domain", sa.String(length=64), nullable=False),
        sa.Column("trust_id", LongText(), nullable=False),
        sa.Column("roles", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_credentials"),
        **_LETTERS,
    )


def _event_counters() -> None:
    op.create_table(
        "event_counters",
        sa.Column("root_id", sa.String(length=36), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("root_id", name="pk_event_counters"),
        **_LETTERS,
        sqlite_with_rowid=False,
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("root_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("stack_id", sa.String(length=36), nullable=False),
        sa.Column("resource_name", sa.String(length=255), nullable=False),
        sa.Column("resource_type", LongText(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.Column("status_text", sa.String(length=255), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("operation_id", sa.String(length=64), nullable=False),
        sa.Column("physical_id", LongText(), nullable=True),
        sa.Column("reason", LongText(), nullable=False),
        sa.Column("properties", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("root_id", "number", name="pk_events"),
        **_LETTERS,
    )
    op.create_index("ix_events_id", "events", ["id"], unique=False)
    op.create_index("ix_events_stack_id_number", "events", ["stack_id", "number"], unique=False)


def _inputs() -> None:
    op.create_table(
        "inputs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("template_hash", sa.String(length=128), nullable=False),
        sa.Column("files_hash", sa.String(length=128), nullable=False),
        sa.Column("timeout_s", sa.Double(), nullable=False),
        sa.Column("disable_rollback", sa.Boolean(), nullable=False),
        sa.Column("tags", LongText(), nullable=False),
        sa.Column("environment", LongText(), nullable=False),
        sa.Column("parameters", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inputs"),
        **_LETTERS,
    )


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("running", sa.Boolean(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("superseded_by", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("run_id", name="pk_leases"),
        **_LETTERS,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_leases_running_owner", "leases", ["running", "owner"], unique=False)


def _resources() -> None:
    op.create_table(
        "resources",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("stack_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("type", LongText(), nullable=False),
        sa.Column("type_resolved", LongText(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=True),
        sa.Column("physical_id", LongText(), nullable=True),
        sa.Column("replaces", sa.String(length=36), nullable=True),
        sa.Column("replaced_by", sa.String(length=36), nullable=True),
        sa.Column("nested_id", sa.String(length=36), nullable=True),
        sa.Column("deletion_policy", sa.String(length=32), nullable=False),
        sa.Column("external", sa.Boolean(), nullable=False),
        sa.Column("where", LongText(), nullable=False),
        sa.Column("intent", LongText(), nullable=True),
        sa.Column("reason", LongText(), nullable=False),
        sa.Column("description", LongText(), nullable=False),
        sa.Column("reference", LongText(), nullable=False),
        sa.Column("required_by", LongText(), nullable=False),
        sa.Column("requires", LongText(), nullable=False),
        sa.Column("update_policy", LongText(), nullable=False),
        sa.Column("data", LongText(), nullable=False),
        sa.Column("metadata", LongText(), nullable=False),
        sa.Column("properties", LongText(), nullable=False),
        sa.Column("attributes", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_resources"),
        **_LETTERS,
    )
    op.create_index("ix_resources_stack_id", "resources", ["stack_id"], unique=False)


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("stack_id", sa.String(length=36), nullable=False),
        sa.Column("root_id", sa.String(length=36), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("deadline_at", sa.Double(), nullable=False),
        sa.Column("inputs_id", sa.String(length=36), nullable=False),
        sa.Column("operation_id", sa.String(length=64), nullable=False),
        sa.Column("parent_run_id", sa.String(length=36), nullable=True),
        sa.Column("parent_step", LongText(), nullable=True),
        sa.Column("plan", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        **_LETTERS,
    )
    op.create_index("ix_runs_parent_run_id", "runs", ["parent_run_id"], unique=False)
    op.create_index("ix_runs_stack_id", "runs", ["stack_id"], unique=False)


def _services() -> None:
    op.create_table(
        "services",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("engine_id", sa.String(length=36), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("hostname", sa.String(length=255), nullable=False),
        sa.Column("binary", sa.String(length=255), nullable=False),
        sa.Column("topic", sa.String(length=255), nullable=False),
        sa.Column("report_interval_s", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=True),
        sa.Column("deleted_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_services"),
        **_LETTERS,
    )


def _software_configs() -> None:
    op.create_table(
        "software_configs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("group", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("config", LongText(), nullable=False),
        sa.Column("inputs", LongText(), nullable=False),
        sa.Column("outputs", LongText(), nullable=False),
        sa.Column("options", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_software_configs"),
        **_LETTERS,
    )
    op.create_index(
        "ix_software_configs_project_id_created_at",
        "software_configs",
        ["project_id", "created_at"],
        unique=False,
    )


def _stack_tags() -> None:
    op.create_table(
        "stack_tags",
        sa.Column("stack_id", sa.String(length=36), nullable=False),
        sa.Column("tag", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("stack_id", "tag", name="pk_stack_tags"),
        **_LETTERS,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_stack_tags_tag", "stack_tags", ["tag"], unique=False)


def _stacks() -> None:
    op.create_table(
        "stacks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("name_key", sa.String(length=320), nullable=True),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=True),
        sa.Column("deleted_at", sa.Double(), nullable=True),
        sa.Column("root_id", sa.String(length=36), nullable=False),
        sa.Column("parent_id", sa.String(length=36), nullable=True),
        sa.Column("parent_resource", sa.String(length=255), nullable=True),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=255), nullable=False),
        sa.Column("inputs_id", sa.String(length=36), nullable=False),
        sa.Column("previous_inputs_id", sa.String(length=36), nullable=True),
        sa.Column("credentials_id", sa.String(length=36), nullable=True),
        sa.Column("stack_user_project_id", sa.String(length=64), nullable=True),
        sa.Column("run_id", sa.String(length=36), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("timeout_mins", sa.Integer(), nullable=True),
        sa.Column("disable_rollback", sa.Boolean(), nullable=False),
        sa.Column("outputs_stale", sa.Boolean(), nullable=False),
        sa.Column("tags", LongText(), nullable=False),
        sa.Column("reason", LongText(), nullable=False),
        sa.Column("description", LongText(), nullable=False),
        sa.Column("shown_parameters", LongText(), nullable=False),
        sa.Column("outputs", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stacks"),
        sa.UniqueConstraint("name_key", name="uq_stacks_name_key"),
        **_LETTERS,
    )
    op.create_index("ix_stacks_parent_id", "stacks", ["parent_id"], unique=False)
    op.create_index(
        "ix_stacks_project_id_created_at", "stacks", ["project_id", "created_at"], unique=False
    )
    op.create_index("ix_stacks_root_id", "stacks", ["root_id"], unique=False)


def _steps() -> None:
    op.create_table(
        "steps",
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=255), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("reason", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "key", name="pk_steps"),
        **_LETTERS,
        sqlite_with_rowid=False,
    )


def _texts() -> None:
    op.create_table(
        "texts",
        sa.Column("hash", sa.String(length=128), nullable=False),
        sa.Column("text", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_texts"),
        **_LETTERS,
    )
