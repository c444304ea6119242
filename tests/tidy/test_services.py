"""What `make services` starts is what its addresses promise."""

import asyncio

import aio_pika
import pytest
from sqlalchemy import create_engine, text


@pytest.mark.services("postgresql")
def test_postgresql_answers_and_lets_tests_make_databases(postgresql_url):
    version, database = ask(postgresql_url, "CREATE DATABASE trial", "DROP DATABASE trial")

    assert version.startswith("PostgreSQL")
    assert database == "hearth"


@pytest.mark.services("mariadb")
def test_mariadb_answers_and_lets_tests_make_databases(mariadb_url):
    version, database = ask(mariadb_url, "CREATE DATABASE trial", "DROP DATABASE trial")

    assert "MariaDB" in version
    assert database == "hearth"


def ask(url: str, *statements: str) -> tuple[str, str]:
    """Run statements outside any transaction; answer with the version and the database."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    current = "current_database()" if engine.dialect.name == "postgresql" else "database()"
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
        version, database = connection.execute(text(f"SELECT version(), {current}")).one()
    engine.dispose()
    return version, database


@pytest.mark.services("rabbitmq")
def test_rabbitmq_carries_a_message_through_a_quorum_queue(rabbitmq_url):
    assert asyncio.run(there_and_back(rabbitmq_url, b"hello")) == b"hello"


async def there_and_back(url: str, body: bytes) -> bytes:
    """Send a message to a queue of its own, and take it from there."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        queue = await channel.declare_queue(
            "trial", durable=True, arguments={"x-queue-type": "quorum"}
        )
        await channel.default_exchange.publish(aio_pika.Message(body), queue.name)
        message = await queue.get(no_ack=True, timeout=10)
        await queue.delete(if_unused=False, if_empty=False)
    return message.body
