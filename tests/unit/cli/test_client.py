"""Where no answer comes, one sentence says so, and what to do next."""

import socket

import pytest

from hearth.cli import heat
from hearth.cli.errors import Exit


@pytest.mark.parametrize("path", ["", "/v3"])
def test_a_cloud_that_is_not_there(
    path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        given = {"AUTH_URL": f"{url}{path}", "USERNAME": "me", "PASSWORD": "x"}
        for name, value in given.items():
            monkeypatch.setenv(f"OS_{name}", value)
        monkeypatch.delenv("OS_CLOUD", raising=False)

        code = heat.main(["list"])

    assert code == Exit.WRONG_COMMAND
    assert capsys.readouterr().out.splitlines() == [
        f"error: nobody answers at {url}", "Next    hearth status",
    ]  # fmt: skip
