"""Two hosts on one machine: network namespaces, joined by a pair of virtual interfaces; and certificates for them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

SITE = Path(pytest.__file__).parents[1]
PRIMEBENCH = Path(sys.executable).with_name("primebench")
BARE = {"PYTHONPATH": str(SITE)}  # with -S what is installed, but not the path to this source: no primebench


@dataclass(frozen=True)
class Host:
    """A network namespace.

    Attributes:
        name: of the namespace.
        address: its own, which the other host reaches.
    """

    name: str
    address: str

    def command(self, *words):
        """Return the command that runs a program on this host."""
        return ["ip", "netns", "exec", self.name, *map(str, words)]

    def start(self, *words, **options):
        """Start a program here."""
        return subprocess.Popen(self.command(*words), **options)


def ip(*words):
    """Run ``ip``."""
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@pytest.fixture(scope="module")
def two_hosts():
    """Two hosts with a link between them, and nothing else; skipped where nobody may make them."""
    if os.geteuid() or not shutil.which("ip"):
        pytest.skip("two hosts need root and the program ip (of iproute2)")
    names = [f"pb{os.getpid()}{end}" for end in "ab"]
    hosts = [Host(name, f"10.213.{os.getpid() % 250}.{1 + end}") for end, name in enumerate(names)]
    with ExitStack() as stack:
        for name in names:
            try:
                ip("netns", "add", name)
            except subprocess.CalledProcessError as error:
                pytest.skip(f"no network namespace can be made: {error.stderr.strip()}")
            stack.callback(ip, "netns", "delete", name)
        # Deleting the namespaces deletes the interfaces in them.
        ip("link", "add", "veth", "netns", names[0], "type", "veth", "peer", "name", "veth", "netns", names[1])
        for host in hosts:
            ip("-n", host.name, "address", "add", f"{host.address}/24", "dev", "veth")
            for device in ("lo", "veth"):
                ip("-n", host.name, "link", "set", device, "up")
        yield hosts


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """Return two folders of certificates that know nothing of each other: ca.pem, cert.pem, key.pem."""
    if not shutil.which("openssl"):
        pytest.skip("certificates need the program openssl")
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


@contextmanager
def running(host, program, *words, place, python=(sys.executable,), environ=()):
    """Run a scheduler or a worker of Dask on a host until this is left; yield the process."""
    place.mkdir(exist_ok=True)
    log = place / "log"
    with log.open("w") as out:
        process = host.start(
            *python,
            "-m",
            f"distributed.cli.dask_{program}",
            *words,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=place,
            env={**os.environ, "TMPDIR": str(place), "PYTHONSAFEPATH": "1", **dict(environ)},
        )
    try:
        ready = "Scheduler at:" if program == "scheduler" else "Registered to:"
        end = time.monotonic() + 30
        while ready not in log.read_text():
            assert process.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


def scheduler(host, place, *words, protocol="tls", **options):
    """Run a scheduler; see `running`."""
    listening = ["--host", f"{protocol}://{host.address}", "--no-dashboard"]
    return running(host, "scheduler", *listening, *words, place=place, **options)


def worker(host, address, place, *words, **options):
    """Run a worker, without anybody who would replace it; see `running`."""
    listening = ["--host", f"{address.partition(':')[0]}://{host.address}", "--nthreads", "1", "--no-nanny"]
    return running(host, "worker", address, *listening, "--no-dashboard", *words, place=place, **options)
