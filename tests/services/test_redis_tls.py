"""Redis over TLS, as Upstash has it, and servers that know fewer words."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import trustme

from setlist.services.redis_client import RedisLink, connect
from tests.broken_redis import BreakableRedis
from tests.services.redis_stand_ins import (
    StandIn,
    refusing_in_front_of,
    tls_in_front_of,
)

QUICK = 0.2  # for what will not be answered
AMPLE = 5.0
REST = 1000.0
PASSWORD = "wish/for:it@once"
QUOTED = "wish%2Ffor%3Ait%40once"


class TestTls:
    @pytest.fixture
    def authority(self) -> trustme.CA:
        return trustme.CA()

    @pytest.fixture
    def server(self, own_redis: BreakableRedis, authority: trustme.CA) -> Iterator[StandIn]:
        """As Upstash has it: TLS, the user `default` and a password."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        with own_redis.client() as client, tls_in_front_of(own_redis.socket_path, context) as running:
            client.config_set("requirepass", PASSWORD)
            yield running
            client.config_set("requirepass", "")

    def test_upstashs_address_is_understood(
        self, server: StandIn, authority: trustme.CA, tmp_path: Path
    ) -> None:
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        where = f"default:{QUOTED}@localhost:{server.port}?ssl_ca_certs={tmp_path / 'ca.pem'}"
        link = RedisLink(f"rediss://{where}", seconds=AMPLE)
        assert link.client().set("motto", "wish")
        assert link.client(texts=False).get("motto") == b"wish"
        link.close()

    def test_a_certificate_of_a_stranger_is_refused(
        self, server: StandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
        for options in (f"?ssl_ca_certs={tmp_path / 'other.pem'}", ""):
            link = RedisLink(f"rediss://default:{QUOTED}@localhost:{server.port}{options}", seconds=AMPLE)
            with pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
                link.client().ping()
            link.close()
        assert PASSWORD not in caplog.text

    def test_a_certificate_for_another_host_is_refused(
        self, server: StandIn, authority: trustme.CA, tmp_path: Path
    ) -> None:
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        where = f"default:{QUOTED}@127.0.0.1:{server.port}?ssl_ca_certs={tmp_path / 'ca.pem'}"
        link = RedisLink(f"rediss://{where}", seconds=AMPLE)
        with pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            link.client().ping()
        link.close()

    def test_an_encrypted_address_is_not_spoken_to_in_plain_text(self) -> None:
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen()
            client = connect(f"rediss://127.0.0.1:{server.getsockname()[1]}/0", seconds=QUICK)
            with pytest.raises(redis.RedisError):
                client.ping()
            client.close()
            accepted, _ = server.accept()
            with accepted:
                first_byte = accepted.recv(1)
            assert first_byte == b"\x16"  # a TLS handshake


def test_a_server_that_knows_neither_hello_nor_client_will_do(own_redis: BreakableRedis) -> None:
    with refusing_in_front_of(own_redis.socket_path, {"HELLO", "CLIENT"}) as (server, heard):
        link = RedisLink(f"redis://127.0.0.1:{server.port}/2", seconds=AMPLE)
        listener = link.client().pubsub()
        listener.subscribe("news")
        assert listener.get_message(timeout=AMPLE)
        assert link.client().set("motto", "wish")
        assert link.client(texts=False).get("motto") == b"wish"
        listener.close()
        link.close()
    assert heard == ["SELECT", "SUBSCRIBE", "SELECT", "SET", "SELECT", "GET"]
