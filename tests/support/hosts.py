"""Two hosts on one machine: network namespaces, joined by a pair of virtual interfaces; and Dask on them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass


class NoHosts(Exception):
    """Nobody may make network namespaces here; the message says why."""


@dataclass(frozen=True)
class Host:
    """A network namespace, or this machine as it is.

    Attributes:
        name: of the namespace; empty for none.
        address: its own, which the other host reaches.
    """

    name: str
    address: str

    def command(self, *words):
        """Return the command that runs a program on this host."""
        return [*(["ip", "netns", "exec", self.name] if self.name else []), *map(str, words)]

    def start(self, *words, **options):
        """Start a program here."""
        return subprocess.Popen(self.command(*words), **options)


def ip(*words):
    """Run ``ip``."""
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@contextmanager
def two_hosts():
    """Yield two hosts with a link between them, and nothing else.

    Raises:
        NoHosts: they cannot be made.
    """
    if os.geteuid() or not shutil.which("ip"):
        raise NoHosts("two hosts need root and the program ip (of iproute2)")
    names = [f"pb{os.getpid()}{end}" for end in "ab"]
    hosts = [Host(name, f"10.213.{os.getpid() % 250}.{1 + end}") for end, name in enumerate(names)]
    with ExitStack() as stack:
        for name in names:
            try:
                ip("netns", "add", name)
            except subprocess.CalledProcessError as error:
                raise NoHosts(f"no network namespace can be made: {error.stderr.strip()}") from None
            stack.callback(ip, "netns", "delete", name)
        # Deleting the namespaces deletes the interfaces in them.
        ip("link", "add", "veth", "netns", names[0], "type", "veth", "peer", "name", "veth", "netns", names[1])
        for host in hosts:
            ip("-n", host.name, "address", "add", f"{host.address}/24", "dev", "veth")
            for device in ("lo", "veth"):
                ip("-n", host.name, "link", "set", device, "up")
        yield hosts


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
