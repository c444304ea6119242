"""Which version a request is for."""

import pytest

from hearth.api.heat.versions import ACCEPTED, Chosen, choose


@pytest.mark.parametrize(
    ("path", "accept", "chosen"),
    [
        ("/", "*/*", Chosen(discover=True)),
        ("/versions", "", Chosen(discover=True)),
        ("/v1/p/stacks", "*/*", Chosen("/p/stacks")),
        ("/v1.0/p/stacks", "*/*", Chosen("/p/stacks")),
        ("/v1", "*/*", Chosen("/")),
        ("/v2/p/stacks", "*/*", Chosen(discover=True)),
        ("/v1.7/p/stacks", "*/*", Chosen(discover=True)),
        ("/p/stacks", f"{ACCEPTED}v1", Chosen("/p/stacks")),
        ("/p/stacks", f"{ACCEPTED}v9", Chosen(discover=True)),
        ("/p/stacks", "*/*", Chosen("/p/stacks")),
        ("/p/stacks", "text/csv", Chosen()),
    ],
)
def test_path_and_accept_choose(path, accept, chosen):
    assert choose(path, accept) == chosen
