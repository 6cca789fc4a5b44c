"""Where a scheduler listens and how it is reached: from options, a scheduler file, and Dask's own configuration."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Names of Dask's own configuration: a process that has them in its environment reaches the same scheduler.
ADDRESS = "DASK_SCHEDULER_ADDRESS"
_CA = "DASK_DISTRIBUTED__COMM__TLS__CA_FILE"
_CERT = "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT"
_KEY = "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY"
_ENCRYPTED = "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"

_SCHEMES = ("tcp", "tls")
_PORT = 8786  # of a scheduler that was told no other


@dataclass(frozen=True, slots=True)
class Access:
    """How a scheduler is reached.

    Attributes:
        address: where it listens, for example ``tls://10.0.0.1:8786``.
        tls_ca: the file of the certificate that signed all others; None leaves it to Dask's configuration.
        tls_cert: the file of our own certificate.
        tls_key: the file of its key.
    """

    address: str
    tls_ca: str | None = None
    tls_cert: str | None = None
    tls_key: str | None = None

    @property
    def is_encrypted(self) -> bool:
        """Whether what travels is encrypted."""
        return self.address.startswith("tls://")

    def environ(self) -> dict[str, str]:
        """Return the environment variables with which Dask, in another process, reaches the same scheduler."""
        files = {_CA: self.tls_ca, _CERT: self.tls_cert, _KEY: self.tls_key}
        encrypted = {_ENCRYPTED: "true"} if self.is_encrypted else {}
        return {ADDRESS: self.address, **encrypted, **{name: path for name, path in files.items() if path}}


def asked_for(
    scheduler: str | None = None,
    scheduler_file: str | None = None,
    tls_ca: str | None = None,
    tls_cert: str | None = None,
    tls_key: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Access | None:
    """Return what options ask for, or else the environment; None is a cluster of this machine alone.

    Raises:
        UsageError: they contradict each other, or name what is not there.
    """
    files = {"--tls-ca": tls_ca, "--tls-cert": tls_cert, "--tls-key": tls_key}
    _check_filled({"--scheduler": scheduler, "--scheduler-file": scheduler_file, **files})
    if scheduler and scheduler_file:
        raise UsageError(f"--scheduler {scheduler} and --scheduler-file {scheduler_file} name two; leave out one.")
    for option, path in files.items():
        if path and not os.path.isfile(path):
            raise UsageError(f"{option} {path} is no file; name a file in the PEM format.")
    if any(files.values()) and not all(files.values()):
        given = ", ".join(option for option, path in files.items() if path)
        raise UsageError(f"{given} is not enough: with TLS both sides show a certificate; give {', '.join(files)}.")
    address = scheduler or (_in_file(Path(scheduler_file)) if scheduler_file else "") or environ.get(ADDRESS, "")
    if not address:
        if any(files.values()):
            raise UsageError("--tls-ca means nothing without a scheduler; name one with --scheduler ADDRESS.")
        return None
    paths = [str(Path(path).absolute()) if path else None for path in files.values()]
    return Access(_whole(address, encrypted=bool(tls_ca)), *paths)


def _check_filled(options: Mapping[str, str | None]) -> None:
    for option, value in options.items():
        if value is not None and not value.strip():  # such as a variable of the shell that is not set
            raise UsageError(f"{option} is empty; give it a value, or leave it out.")


def _in_file(path: Path) -> str:
    import json  # which only this needs, and a search that counts does without

    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"--scheduler-file {path} cannot be read: {error.strerror}.") from None
    except ValueError:
        told = None
    address = told.get("address") if isinstance(told, dict) else None
    if not isinstance(address, str) or not address:
        raise UsageError(
            f'--scheduler-file {path} names no address; it must be what "dask scheduler --scheduler-file" has written.'
        )
    return address


def _whole(address: str, *, encrypted: bool) -> str:
    """Return the address with its scheme and port."""
    text = address if "://" in address else f"{'tls' if encrypted else 'tcp'}://{address}"
    wrong = f"{address} is no address of a scheduler; write HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT."
    try:
        parts = urlsplit(text)
        port = _PORT if parts.port is None else parts.port
    except ValueError:
        raise UsageError(wrong) from None
    if parts.scheme not in _SCHEMES or not parts.hostname or not port or parts.path.strip("/") or parts.query:
        raise UsageError(wrong)
    if encrypted and parts.scheme != "tls":
        raise UsageError(f"{address} is not encrypted, and --tls-ca asks for it; write tls://.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


def warning(addresses: Iterable[str]) -> str | None:
    """Return a sentence if something travels to another machine as it is, for everybody to read and to change."""
    plain = {address for address in addresses if not address.startswith("tls://")}
    open_ones = sorted(filter(is_elsewhere, plain))
    if not open_ones:
        return None
    more = f" and {len(open_ones) - 1} more" if len(open_ones) > 1 else ""
    return (
        f"What travels between this machine and {open_ones[0]}{more} is not encrypted, and whoever reaches these ports "
        "can run programs there; TLS (--tls-ca, --tls-cert, --tls-key) prevents both."
    )


def is_elsewhere(address: str) -> bool:
    """Say whether an address such as ``tcp://10.0.0.1:8786`` is one of another machine.

    A name that this machine does not know is: of the workers only the scheduler has to know the names.
    """
    host = urlsplit(address).hostname
    if not host:  # inproc
        return False
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    except OSError:
        return True
    return not all(map(_is_ours, found))


def _is_ours(address: str) -> bool:
    """Say whether an address is one of this machine: only to such a one can a socket be bound."""
    family = socket.AF_INET6 if ip_address(address).version == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
