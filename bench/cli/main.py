"""Click group that loads commands by file name, and turns every error into one line and an exit code.

Exit codes: 0 done, 1 failed or nothing measured, 2 wrong usage, 3 regressed, 4 inconclusive, 5 not comparable,
130 interrupted.
"""

from __future__ import annotations

import errno
import gc
import signal
import sys
from typing import TYPE_CHECKING, Any

import click

from bench.cli import streams
from bench.core import catalog
from bench.core.errors import PrimebenchError
from bench.core.signals import ASKING
from bench.core.version import VERSION
from bench.core.visible import visible, visible_lines

if TYPE_CHECKING:
    from types import FrameType

COMMANDS = "bench.cli.commands"
INTERRUPTED = 130
_REFUSALS = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.ENOENT,
)  # fmt: skip
_LIMITS = (errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM)  # of processes, open files, memory


class CommandFolder(click.Group):
    """A group whose commands are the files of a folder; listing them imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(catalog.names(COMMANDS))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one command that is asked for."""
        if cmd_name not in catalog.names(COMMANDS):
            return None
        command: click.Command = catalog.load(COMMANDS, cmd_name, needs=("command",)).command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Find the command, or say which one was probably meant."""
        catalog.check_name(COMMANDS, args[0], "command", "primebench --help")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the first lines of their docstrings."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, catalog.summary(COMMANDS, name)) for name in self.list_commands(ctx)])


@click.group(cls=CommandFolder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(VERSION, "-V", "--version", prog_name="primebench")
def primebench() -> None:
    """Run one job, a prime search or your own function, through every way Python offers to run it in parallel.

    Every answer is checked, and every way is timed.

    \b
    Example:
      primebench run --backend pool
    """


def main() -> None:
    """Run the command line and exit."""
    streams.endure()
    heard = [number for number in ASKING if signal.getsignal(number) != signal.SIG_IGN]  # nohup ignores SIGHUP
    for number in heard:
        signal.signal(number, _interrupt)
    try:
        code = _run()
    except KeyboardInterrupt:  # once more, while the first one was answered
        code = INTERRUPTED
    for number in heard:
        signal.signal(number, signal.SIG_DFL)  # all is done and said; nothing is left that could be interrupted
    gc.freeze()  # the system takes everything back at once; to search it for garbage first would only take time
    sys.exit(code)


def _run() -> int:
    try:
        result = primebench.main(standalone_mode=False, prog_name="primebench")
    except PrimebenchError as error:
        _say(str(error))
        return error.exit_code
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        _show(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted.")
        return INTERRUPTED
    except (OSError, MemoryError, ImportError) as error:
        if not (why := _refused(error)):
            raise  # a mistake of ours
        _say(why)
        return 1
    return result if isinstance(result, int) else 0


def _say(text: str) -> None:
    click.echo(f"primebench: {visible(text)}", err=True)


def _refused(error: OSError | MemoryError | ImportError) -> str | None:
    """Return what the system has refused, as the last resort: whoever knows what it was for says more before."""
    if isinstance(error, MemoryError):
        return "there is not enough memory; ask for less at a time, or make more memory available."
    if not isinstance(error, OSError) or error.errno not in (*_LIMITS, *_REFUSALS):
        from bench.search import shortage

        lacking = shortage.of_library(error)
        return f"a library cannot be loaded: {lacking}" if lacking else None
    what = error.strerror or str(error) or type(error).__name__
    if error.filename is not None:
        what = f"{error.filename} cannot be used: {what}"
    if error.errno in _LIMITS:
        return f"{what}; ask for less at a time, or raise this limit of the system (ulimit -a)."
    return f"{what}; give it room and permission there, or let TMPDIR name another folder if it is a temporary one."


def _show(error: click.ClickException) -> None:
    """Say what is wrong with the command line in our own style; click says only what."""
    message, context = error.format_message(), getattr(error, "ctx", None)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):  # the help, where no command is named
        click.echo(visible_lines(message), err=True)
        return
    path = context.command_path if context else "primebench"
    _say(f"{message[:1].lower()}{message[1:].rstrip('.')}; {path} --help shows what there is.")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
