"""transport_url, as oslo.messaging writes it."""

import pytest

from hearth.serve.transport import WrongUrl, broker


@pytest.mark.parametrize(
    ("given", "urls"),
    [
        ("rabbit://", ["amqp://guest:guest@localhost:5672/"]),
        ("rabbit://u:p%40@mq:5673/", ["amqp://u:p%40@mq:5673/"]),
        ("rabbit://u:p@a:1,u:q@b/heat", ["amqp://u:p@a:1/heat", "amqp://u:q@b:5672/heat"]),
        ("amqp://u:p@[::1]:5672/heat?ssl=0", ["amqp://u:p@[::1]:5672/heat"]),
    ],
)
def test_every_host_is_an_address(given, urls):
    assert list(broker(given, "hearth").urls) == urls


@pytest.mark.parametrize("given", ["", "kafka://u:secret@h", "rabbit://u:secret@h:port/"])
def test_what_is_no_address_is_refused_without_its_password(given):
    with pytest.raises(WrongUrl) as refused:
        broker(given, "hearth")

    assert "secret" not in str(refused.value)


def test_a_broker_shows_no_password():
    assert "secret" not in repr(broker("rabbit://u:secret@h/", "hearth"))
