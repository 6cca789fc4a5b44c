"""Tests of what names a scheduler."""

from __future__ import annotations

import json
from functools import partial

import pytest

from bench.cluster.access import Access, asked_for, is_elsewhere, warning
from bench.core.errors import UsageError
from tests.support.skips import need


@pytest.fixture
def certificates(tmp_path):
    """Return the paths of three files."""
    for name in ("ca", "cert", "key"):
        (tmp_path / name).touch()
    return [str(tmp_path / name) for name in ("ca", "cert", "key")]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.1:8786", "tcp://10.0.0.1:8786"),
        ("somewhere", "tcp://somewhere:8786"),
        ("tls://10.0.0.1:1", "tls://10.0.0.1:1"),
        ("tcp://[::1]:1", "tcp://[::1]:1"),
    ],
)
def test_an_address_is_made_whole(text, address):
    """An address may lack its scheme and its port, which are Dask's usual ones."""
    assert Access(address) == asked_for(text, environ={})


def test_certificates_mean_tls(certificates):
    """Whoever names certificates and no scheme gets TLS."""
    assert asked_for("10.0.0.1", None, *certificates, environ={}) == Access("tls://10.0.0.1:8786", *certificates)


def test_the_environment_is_asked_last():
    """Dask's own variable names a scheduler where no option does; without both there is none."""
    environ = {"DASK_SCHEDULER_ADDRESS": "tcp://10.0.0.2:1"}
    assert asked_for(environ=environ) == Access("tcp://10.0.0.2:1")
    assert asked_for("10.0.0.1:1", environ=environ) == Access("tcp://10.0.0.1:1")
    assert asked_for(environ={}) is None


def test_a_scheduler_file_names_the_address(tmp_path):
    """A file as "dask scheduler --scheduler-file" writes it names the scheduler."""
    path = tmp_path / "scheduler.json"
    path.write_text(json.dumps({"type": "Scheduler", "address": "tcp://10.0.0.3:4"}))
    assert asked_for(None, str(path), environ={}) == Access("tcp://10.0.0.3:4")


def test_the_environment_hands_an_access_on(certificates):
    """The variables for another process are those of Dask's own configuration."""
    access = Access("tls://10.0.0.1:8786", *certificates)
    dask = need("dask")
    get = partial(dask.config.get, config=dask.config.collect_env(access.environ()))
    assert get("scheduler-address") == "tls://10.0.0.1:8786"
    tls = "distributed.comm.tls"
    assert [get(f"{tls}.ca-file"), get(f"{tls}.client.cert"), get(f"{tls}.client.key")] == certificates
    assert get("distributed.comm.require-encryption") is True


@pytest.mark.parametrize("text", ["{}", "[]", "null", '{"address": null}', '{"address": ""}', "tcp://10.0.0.3:4"])
def test_a_file_without_an_address(tmp_path, text):
    """A file of anything else is no scheduler file, and what the environment names does not stand in for it."""
    path = tmp_path / "scheduler.json"
    path.write_text(text)
    with pytest.raises(UsageError, match="names no address"):
        asked_for(None, str(path), environ={"DASK_SCHEDULER_ADDRESS": "tcp://10.0.0.2:1"})


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"scheduler": "http://x"}, "http://x is no address"),
        ({"scheduler": "tcp://x:99999"}, "tcp://x:99999 is no address"),
        ({"scheduler": "x:0"}, "x:0 is no address"),
        ({"scheduler": ""}, "--scheduler is empty"),
        ({"scheduler": "x", "scheduler_file": ""}, "--scheduler-file is empty"),
        ({"scheduler": "x", "tls_key": " "}, "--tls-key is empty"),
        ({"scheduler": "x", "scheduler_file": "y"}, "leave out one"),
        ({"scheduler_file": "/nowhere/at/all"}, "cannot be read: No such file"),
        ({"scheduler": "x", "tls_ca": "/nowhere/at/all"}, "is no file"),
    ],
)
def test_what_names_no_scheduler_is_refused(wrong, words):
    """What is wrong with an address, a file or two of them is said with the value."""
    with pytest.raises(UsageError, match=words):
        asked_for(**wrong, environ={})


def test_half_of_tls_is_refused(certificates):
    """One certificate without the others is wrong usage, and so are all of them for a plain address or for none."""
    with pytest.raises(UsageError, match="--tls-ca is not enough"):
        asked_for("x", tls_ca=certificates[0], environ={})
    with pytest.raises(UsageError, match="write tls://"):
        asked_for("tcp://x", None, *certificates, environ={})
    with pytest.raises(UsageError, match="nothing without a scheduler"):
        asked_for(None, None, *certificates, environ={})


def test_only_plain_text_to_another_machine_is_warned_of():
    """Loopback and TLS need no warning; 192.0.2.1, which no machine has (RFC 5737), does."""
    assert warning(["tcp://127.0.0.1:1", "tls://192.0.2.1:1", "tcp://localhost:2"]) is None
    assert "192.0.2.1" in warning(["tcp://127.0.0.1:1", "tcp://192.0.2.1:1"])


def test_a_name_that_only_the_scheduler_knows_is_elsewhere():
    """A worker need not be known to this machine by name (RFC 2606 keeps .invalid free); it is another one then."""
    assert is_elsewhere("tcp://worker.invalid:1")
    assert "worker.invalid" in warning(["tcp://127.0.0.1:1", "tcp://worker.invalid:1"])
