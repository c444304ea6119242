"""The unmodified openstacksdk does a stack's whole life, by its proxy and by its cloud layer."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.support import clients
from tests.support.running import running

pytestmark = pytest.mark.clients
SCRIPT = Path(__file__).parents[1] / "support" / "sdk_life.py"


def test_a_stack_lives_through_the_sdk(tmp_path: Path) -> None:
    with running(tmp_path, "--speed", "fast") as hearth:
        done = subprocess.run(
            [str(clients.python()), str(SCRIPT)],
            env={**os.environ, **hearth.environment},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["proxy"]["created"] == "CREATE_COMPLETE"
    assert seen["proxy"]["updated"] == "UPDATE_COMPLETE"
    assert seen["proxy"]["found"]
    assert seen["proxy"]["resources"] == ["server"]
    assert "CREATE_COMPLETE" in seen["proxy"]["events"]
    assert seen["proxy"]["outputs"][0]["output_value"].startswith("10.")
    assert seen["proxy"]["left"] == []
    assert seen["layer"] == {
        "made": "CREATE_COMPLETE", "changed": "UPDATE_COMPLETE", "deleted": True
    }  # fmt: skip
