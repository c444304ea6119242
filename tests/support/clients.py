"""The environment in which the unmodified OpenStack and AWS clients are installed."""

import os
from pathlib import Path

from tests.support.services import ROOT


def folder() -> Path:
    """Where that environment is; HEARTH_CLIENTS names another."""
    return ROOT / os.environ.get("HEARTH_CLIENTS", ".venv-clients")


def python() -> Path:
    """Its interpreter."""
    return folder() / "bin" / "python"


def installed() -> bool:
    """Whether it is there."""
    return python().exists()
