"""A client of Dask on a scheduler that listens somewhere, reached within seconds or not at all."""

from __future__ import annotations

import asyncio
import importlib
import logging
import socket
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path
from ssl import SSLError
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bench.cluster.errors import ClusterFailed
from bench.core.errors import reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.cluster.access import Access

CONNECT_S = 5.0  # until a scheduler has answered; one that answers at all does so within milliseconds
_CONNECTION_S = 4.0  # of these until there is a connection; Dask tries again meanwhile, and says less with none left
_CLOSE_S = 3.0  # for saying good-bye to a scheduler, which may have gone
_OWNERS = ("distributed", "tornado", "asyncio")  # of the loggers that write on stderr what errors tell as well


@contextmanager
def connected(access: Access) -> Iterator[Any]:
    """Yield a client of the scheduler.

    Raises:
        ClusterFailed: nobody listens there, or what does is no scheduler, or certificates cannot be used or are not
            accepted.
    """
    from distributed import Client

    quieten()
    security = _security(access)
    try:
        socket.getaddrinfo(urlsplit(access.address).hostname, None)  # a name that nobody knows is not asked for twice
        identity = asyncio.run(asyncio.wait_for(_greet(access.address, security), CONNECT_S))
    except Exception as error:
        raise ClusterFailed(_why(access, error)) from None
    if not isinstance(identity, dict) or not str(identity.get("type")).endswith("Scheduler"):
        raise ClusterFailed(f"{access.address} is no scheduler of Dask; if it is a worker, name its scheduler.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions, which `bench.cluster.versions` compares
            client = Client(access.address, timeout=CONNECT_S, security=security, set_as_default=False)
    except Exception as error:
        raise ClusterFailed(_why(access, error)) from None
    try:
        yield client
    finally:
        with suppress(Exception):  # which would replace the error that the body ends with
            client.close(timeout=_CLOSE_S)


def _security(access: Access) -> Any:
    """Return what Dask is to know of certificates; what is not named is as Dask is configured.

    Raises:
        ClusterFailed: they cannot be used, or there are none, or encryption is asked for and the address has none.
    """
    from distributed.security import Security

    files = {"tls_ca_file": access.tls_ca, "tls_client_cert": access.tls_cert, "tls_client_key": access.tls_key}
    named = {name: path for name, path in files.items() if path}
    try:
        # With False a plain address would overrule a configuration that asks for encryption.
        security = Security(require_encryption=access.is_encrypted or None, **named)
        for path in (security.tls_ca_file, security.tls_client_cert, security.tls_client_key):
            if path and "\n" not in path:  # else it is the certificate itself
                Path(path).open("rb").close()  # its error names the file, and that of OpenSSL does not
        context = security.get_connection_args("client")["ssl_context"]
    except (OSError, ValueError) as error:
        why = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else reason(error)
        raise ClusterFailed(
            f"the certificates for {access.address} cannot be used ({why}); --tls-ca, --tls-cert and --tls-key, or "
            "Dask's configuration, name files in the PEM format, and the key is that of the certificate."
        ) from None
    if security.require_encryption and not access.is_encrypted:
        raise ClusterFailed(
            f"{access.address} is not encrypted, and Dask's configuration (distributed.comm.require-encryption) asks "
            "for it; write tls://, or change that."
        )
    if access.is_encrypted and context is None:
        raise ClusterFailed(f"{access.address} asks for certificates; name them: --tls-ca, --tls-cert and --tls-key.")
    return security


def quieten() -> None:
    """Let Dask and what it is made of say nothing on stderr: what goes wrong is told by errors."""
    importlib.import_module("distributed")  # makes its loggers, and gives them levels
    for name in (*_OWNERS, *logging.root.manager.loggerDict):
        if name.partition(".")[0] in _OWNERS:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


async def _greet(address: str, security: Any) -> Any:
    """Ask whoever listens there who it is: Dask's client would wait for ever for one that does not answer."""
    from distributed.comm import connect

    comm = await connect(address, timeout=_CONNECTION_S, **security.get_connection_args("client"))
    try:
        await comm.write({"op": "identity", "n_workers": 0, "reply": True})
        return await comm.read()
    finally:
        comm.abort()


def _refused(address: str) -> list[BaseException]:
    """Return the refusal of a plain connection, if it is refused."""
    try:
        place = urlsplit(address)
        socket.create_connection((place.hostname or "", place.port or 0), timeout=1.0).close()
    except ConnectionRefusedError as error:
        return [error]
    except (OSError, ValueError):  # it says something else, or nothing in time
        return []
    return []


def _why(access: Access, error: BaseException) -> str:
    """Return what a failed connection means, in one line."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    where = f"the scheduler {access.address}"
    if isinstance(error, OSError):  # Dask's last try may have run out of time before it was refused
        chain += _refused(access.address)
    for each in chain:
        if isinstance(each, ConnectionRefusedError):
            return f'{where} cannot be reached: nobody listens there; start one with "dask scheduler".'
        if isinstance(each, SSLError):
            return f"{where} cannot be reached: TLS fails ({reason(each)}); check --tls-ca, --tls-cert and --tls-key."
        if isinstance(each, socket.gaierror):
            return f"{where} cannot be reached: {reason(each)}; name a host that this machine knows."
    if isinstance(error, TimeoutError):
        return f"{where} does not answer within {CONNECT_S:g} s as one of Dask does; is this its address?"
    if isinstance(error, OSError):
        return f"{where} cannot be reached: {reason(error)}."
    return f"what listens at {access.address} is no scheduler of Dask: it answers something else."
