"""Two hosts for tests, and certificates for them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import hosts
from tests.support.skips import skip

SITE = Path(pytest.__file__).parents[1]
PRIMEBENCH = Path(sys.executable).with_name("primebench")
BARE = {"PYTHONPATH": str(SITE)}  # with -S what is installed, but not the path to this source: no primebench


@pytest.fixture(scope="module")
def two_hosts():
    """Two hosts with a link between them; skipped where nobody may make them."""
    try:
        with hosts.two_hosts() as made:
            yield made
    except hosts.NoHosts as error:
        skip(str(error))


@pytest.fixture
def in_process():
    """Yield a cluster in this process, of one worker with two threads, and a client."""
    distributed = pytest.importorskip("distributed")
    # Without an address Dask's usual port is taken, which somebody else may have.
    options = {"n_workers": 1, "threads_per_worker": 2, "processes": False, "dashboard_address": "127.0.0.1:0"}
    with (
        distributed.LocalCluster(**options) as made,
        distributed.Client(made, set_as_default=False) as client,
    ):
        yield made, client


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """Return two folders of certificates that know nothing of each other: ca.pem, cert.pem, key.pem."""
    if not shutil.which("openssl"):
        skip("certificates need the program openssl")
    folders = [tmp_path_factory.mktemp(name) for name in ("ours", "others")]
    for folder in folders:
        make_certificates(folder)
    return folders


def make_certificates(folder):
    """Make a certificate, and one that it has signed; strict readers want them to say what they are for."""
    (folder / "extensions").write_text("subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
    new = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -batch"
    for line in (
        f"req -x509 {new} -keyout ca.key -out ca.pem -subj /CN=ca -days 2 -addext keyUsage=critical,keyCertSign",
        f"req {new} -keyout key.pem -out request -subj /CN=host",
        "x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out cert.pem",
    ):
        subprocess.run(["openssl", *line.split()], check=True, cwd=folder, capture_output=True)


def tls(folder, ca="--tls-ca"):
    """Return the options with which we use these certificates; Dask's own programs call the first one otherwise."""
    return [ca, folder / "ca.pem", "--tls-cert", folder / "cert.pem", "--tls-key", folder / "key.pem"]
