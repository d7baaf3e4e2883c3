import socket
from pathlib import Path

import pytest
import redis

from setlist.services.redis_client import connect


def test_answers_are_text(connection: redis.Redis) -> None:
    connection.set("motto", "wish")
    assert connection.get("motto") == "wish"


def test_nothing_is_connected_before_the_first_command() -> None:
    connect("redis://127.0.0.1:1/0").close()


def test_a_connection_that_the_server_closed_is_replaced_unnoticed(connection: redis.Redis) -> None:
    own = connection.client_id()
    other = connect_like(connection)
    other.client_kill_filter(_id=own)
    other.close()
    assert connection.ping()


def test_a_redis_that_is_down_is_a_redis_error(unreachable: redis.Redis) -> None:
    with pytest.raises(redis.ConnectionError):
        unreachable.ping()


def test_a_redis_that_hangs_is_given_up(silent: redis.Redis) -> None:
    with pytest.raises(redis.TimeoutError):
        silent.ping()


def test_a_missing_unix_socket_is_a_redis_error(tmp_path: Path) -> None:
    client = connect(f"unix://{tmp_path}/no.sock")
    with pytest.raises(redis.ConnectionError):
        client.ping()
    client.close()


def test_an_encrypted_address_is_not_spoken_to_in_plain_text() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client = connect(f"rediss://127.0.0.1:{server.getsockname()[1]}/0")
        with pytest.raises(redis.RedisError):
            client.ping()
        client.close()
        accepted, _ = server.accept()
        with accepted:
            first_byte = accepted.recv(1)
        assert first_byte == b"\x16"  # a TLS handshake


def connect_like(client: redis.Redis) -> redis.Redis:
    pool = client.connection_pool
    return redis.Redis(
        connection_pool=redis.ConnectionPool(connection_class=pool.connection_class, **pool.connection_kwargs)
    )
