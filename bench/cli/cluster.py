"""The options that name a cluster, and how they reach the processes that use it."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from bench.cli.grouped import CLUSTER, option
from bench.cluster.access import Access, asked_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NAMES = ("scheduler", "scheduler_file", "tls_ca", "tls_cert", "tls_key")


def cluster_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where a scheduler of Dask listens and how it is reached."""
    for name, metavar, text in reversed(_OPTIONS):
        command = option(name, metavar=metavar, help=text, group=CLUSTER, rare=True)(command)
    return command


_OPTIONS = (
    (
        "--scheduler",
        "ADDRESS",
        "Where a scheduler of Dask listens; else DASK_SCHEDULER_ADDRESS, else a cluster of this machine is made.",
    ),
    ("--scheduler-file", "FILE", "The file that the scheduler wrote its address into."),
    ("--tls-ca", "FILE", "Certificate that has signed those of the cluster; else as Dask is configured."),
    ("--tls-cert", "FILE", "Our own certificate."),
    ("--tls-key", "FILE", "Its key."),
)


def access_of(options: Mapping[str, Any]) -> Access | None:
    """Return what these options, or the environment, name; None is a cluster of this machine.

    Raises:
        UsageError: they contradict each other, or name what is not there.
    """
    return asked_for(*(options[name] for name in NAMES))


def hand_on(options: dict[str, Any]) -> Access | None:
    """Take these options out of others, and let the processes that this command starts reach the same scheduler."""
    access = access_of({name: options.pop(name) for name in NAMES})
    if access:
        told = access.environ()
        before = {name: os.environ.get(name) for name in told}
        os.environ.update(told)
        click.get_current_context().call_on_close(partial(_restore, before))
    return access


def _restore(before: Mapping[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
