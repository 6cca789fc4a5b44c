"""Tests of schedulers that are not there, or are something else."""

from __future__ import annotations

import errno
import os
import socket
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.cluster import connection
from bench.cluster.access import Access
from bench.cluster.connection import connected
from bench.cluster.errors import ClusterFailed
from tests.support.skips import need

need("distributed")


@contextmanager
def listening(greeting):
    """Listen on a port of loopback, and greet the first who connects, if there is a greeting."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet():
            client, _ = server.accept()
            with client:
                client.sendall(greeting)
                client.recv(1)

        thread = threading.Thread(target=greet)
        if greeting:
            thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        if greeting:
            thread.join()


def refusal(address, *files):
    """Return the one line in which a connection fails."""
    with pytest.raises(ClusterFailed) as error, connected(Access(address, *files)):
        pass
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Let nobody wait for long."""
    monkeypatch.setattr(connection, "CONNECT_S", 0.5)
    monkeypatch.setattr(connection, "_CONNECTION_S", 0.3)


def test_nobody_listens():
    """Where nobody listens, that is said."""
    with listening(b"") as address:
        pass
    assert f"{address} cannot be reached: nobody listens there" in refusal(address)


def test_a_name_that_nobody_knows():
    """A host without an address is named (RFC 2606 keeps .invalid free)."""
    assert "tcp://nobody.invalid:1 cannot be reached" in refusal("tcp://nobody.invalid:1")


def test_a_port_that_says_nothing_is_no_scheduler(monkeypatch):
    """Whoever accepts and keeps silent does not hold anybody up for ever, as Dask's own client is."""
    monkeypatch.setattr(connection, "_CONNECTION_S", 15.0)  # to connect may take its time on a busy machine
    with listening(b"") as address:
        assert "does not answer within 0.5 s" in refusal(address)


def test_a_port_that_speaks_something_else_is_no_scheduler(monkeypatch):
    """What an HTTP server answers is no greeting of a scheduler, though Dask would take its letters for a length."""
    monkeypatch.setattr(connection, "CONNECT_S", 20.0)  # it greets once, and Dask gives the first try a fifth
    monkeypatch.setattr(connection, "_CONNECTION_S", 15.0)
    with listening(b"HTTP/1.1 400 Bad Request\r\nServer: example\r\n\r\n") as address:
        assert "is no scheduler of Dask" in refusal(address)


def test_tls_without_certificates():
    """An encrypted address without any certificate says which options bring them."""
    with listening(b"") as address:
        assert "--tls-cert" in refusal(address.replace("tcp", "tls"))


def test_a_configuration_that_asks_for_encryption():
    """Where Dask is configured to encrypt everything, no plain connection is made, not even to look who is there."""
    dask = pytest.importorskip("dask")
    with (
        dask.config.set({"distributed.comm.require-encryption": True}),
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        server.settimeout(0.1)
        assert "distributed.comm.require-encryption" in refusal(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("broken", ["ca.pem", "cert.pem", "key.pem", "foreign"])
def test_certificates_that_are_none(certificates, tmp_path, broken):
    """What is no PEM, or the key of another certificate, is told in one line that names the options."""
    ours, others = certificates
    places = {name: ours / name for name in ("ca.pem", "cert.pem", "key.pem")}
    if broken == "foreign":
        places["key.pem"] = others / "key.pem"
    else:
        places[broken] = tmp_path / broken
        places[broken].write_bytes(b"garbage\x00\xff")
    said = refusal("tls://127.0.0.1:1", *map(str, places.values()))
    assert "the certificates for tls://127.0.0.1:1 cannot be used (" in said
    assert "the key is that of the certificate" in said


def test_a_key_that_cannot_be_read(certificates, monkeypatch):
    """A key of somebody else's is named with what the system says; it is pretended, for root may read all."""
    ours = certificates[0]
    opened = Path.open

    def refuse(path, *args):
        if path.name == "key.pem":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return opened(path, *args)

    monkeypatch.setattr(Path, "open", refuse)
    said = refusal("tls://127.0.0.1:1", *(str(ours / name) for name in ("ca.pem", "cert.pem", "key.pem")))
    assert f"({ours / 'key.pem'}: Permission denied)" in said
