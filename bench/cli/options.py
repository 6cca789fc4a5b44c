"""Options that several commands share; those that choose members and axis values come from the families."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from bench.cli import width
from bench.cli.completion import completer, of_family, of_records
from bench.cli.grouped import EFFORT, JOB, MEMBERS, OUTPUT, RULE, VALUES, option
from bench.cli.member import Member
from bench.cli.numbers import NumberRange, WholeRange
from bench.cli.voice import FORMATS
from bench.core import catalog, cpus, jobs, units
from bench.core import families as all_families
from bench.core.errors import UnknownName, UsageError
from bench.core.plan import EFFORTS, Drawing, Effort, check_size, combinations, draw, merge

if TYPE_CHECKING:
    from bench.app.question import Question
    from bench.core.case import Value
    from bench.core.family import Axis, Family
    from bench.core.job import JobKind, Shorthand
    from bench.core.machine import Machine
    from bench.core.plan_file import PlanFile
    from bench.core.wanted import Wanted

PLANS = "bench.plans"

# Formats that services read, by what a report has for them: outcomes of cases, a number per case, times of one record
# by process. Every other format has a place for any report.
VERDICTS, TIMES, PROCESSES = ("junit",), ("bencher", "github-action-benchmark"), ("google-benchmark",)

Command = Callable[..., Any]


def forbid(names: Iterable[str], why: str) -> None:
    """Raise `UsageError` when the command line gives one of these parameters: it would be ignored."""
    context = click.get_current_context()
    wrong = set(names)
    for parameter in context.command.params:
        given = context.get_parameter_source(str(parameter.name)) is not ParameterSource.DEFAULT
        if given and parameter.name in wrong:
            raise UsageError(f"{why}; leave out {max(parameter.opts, key=len)}.")


def selection_names() -> set[str]:
    """Return the names of the parameters that `selection` adds."""
    axes = {axis.name for owner in owners_of_axes() for axis in owner.axes}
    return axes | set(_shorthands()) | {"job"} | {kind.noun for kind in families()}


def families() -> tuple[Family, ...]:
    """Load every family; their members are not imported by this."""
    return all_families.every()


def _job_names() -> tuple[str, ...]:
    return catalog.names(jobs.PACKAGE)


def owners_of_axes() -> tuple[Family | JobKind, ...]:
    """Return all that brings axes: the families and the kinds of job."""
    return (*families(), *jobs.kinds())


def selection(command: Command) -> Command:
    """Add the options that choose members and axis values, for all families."""
    return _members_options(families(), _values_options(families(), _job_options(command)))


def comparing_selection(command: Command) -> Command:
    """Add the same options to a command that takes the values worth comparing where none are named."""
    return _members_options(families(), _values_options(families(), _job_options(command), sweep=True))


def job_selection(command: Command) -> Command:
    """Add the options that choose a job, the backends that may carry it, and how their workers are started."""
    family = all_families.distributing()
    start = replace(family, axes=tuple(axis for axis in family.axes if axis.name == "start"))
    return _members_options([family], _values_options([start], _job_options(command)))


def _values_options(kinds: Sequence[Family], command: Command, *, sweep: bool = False) -> Command:
    meant: dict[str, dict[str, Axis]] = {}
    for kind in kinds:
        for axis in kind.axes:
            meant.setdefault(axis.name, {})[kind.name] = axis
    for name, owners in reversed(meant.items()):
        command = _axis_option(name, owners, VALUES, sweep=sweep)(command)
    return command


def _job_options(command: Command) -> Command:
    choosers = {kind.asked_by or kind.axes[0].name: kind.name for kind in jobs.kinds()}
    for kind in reversed(jobs.kinds()):
        for axis in reversed(kind.axes):
            command = _axis_option(axis.name, {kind.name: axis}, JOB, choosers.get(axis.name, ""))(command)
        for name, shorthand in reversed(list(kind.shorthands.items())):
            command = option(
                f"--{name}",
                f"{name}_",
                multiple=True,
                metavar=shorthand.metavar,
                help=shorthand.meaning,
                group=JOB,
                owners={kind.name: None},
            )(command)
    return option(
        "--job",
        metavar="NAME",
        help="What is distributed.",
        shell_complete=completer(_job_names),
        group=JOB,
        rare=True,
        default_is=jobs.DEFAULT,
    )(command)


def _members_options(kinds: Sequence[Family], command: Command) -> Command:
    for kind in reversed(kinds):
        names = f"A name, several, a glob, all or everything; see primebench list {kind.name}."
        help_text = f"{kind.summary.capitalize()}. {names}"
        command = option(
            f"--{kind.noun}",
            multiple=True,
            metavar="NAME",
            help=help_text,
            shell_complete=completer(_members(kind)),
            group=MEMBERS,
            opens=kind.name,
            usual=kind.shared_by is not None,
        )(command)
    return command


def _shorthands() -> dict[str, tuple[str, Shorthand]]:
    """Return parameter -> (option, shorthand); the parameter has an underscore, for ``range`` is a word of Python's."""
    return {f"{name}_": (name, shorthand) for kind in jobs.kinds() for name, shorthand in kind.shorthands.items()}


def _axis_option(
    name: str, owners: Mapping[str, Axis], group: str, opens: str = "", *, sweep: bool = False
) -> Callable[[Command], Command]:
    """Make the option of an axis; families that mean different things by its name each say what they mean."""
    meanings = {axis.meaning for axis in owners.values()}
    if len(meanings) == 1:
        text = meanings.pop()
    else:
        text = " ".join(f"{owner.capitalize()}: {axis.meaning}" for owner, axis in owners.items())
    distributing = all_families.distributing().name
    return option(
        f"--{name.replace('_', '-')}",
        name,
        multiple=True,
        metavar="|".join(dict.fromkeys(axis.metavar for axis in owners.values())),
        help=text,
        shell_complete=completer(_axis_values(tuple(owners.values()))),
        group=group,
        owners={**owners, distributing: None} if opens and opens != jobs.DEFAULT else owners,
        opens=opens,
        usual=opens == jobs.DEFAULT,
        rare=any(axis.rare for axis in owners.values()),
        default_is="auto" if sweep and any(axis.sweep for axis in owners.values()) else "",
    )


def _members(kind: Family) -> Callable[[], tuple[str, ...]]:
    return lambda: (*catalog.names(kind.package), "all")


def _axis_values(axes: Sequence[Axis]) -> Callable[[], tuple[str, ...]]:
    words = [word for axis in axes for word in axis.metavar.split("|") if word.islower()]
    return lambda: tuple(dict.fromkeys([*words, *(name for axis in axes for name in axis.names())]))


def axis_names() -> tuple[str, ...]:
    """Return along what cases differ: their member, also by what each family calls it, and every axis."""
    nouns = (kind.noun for kind in families())
    return ("member", *nouns, *dict.fromkeys(axis.name for owner in owners_of_axes() for axis in owner.axes))


def drawing_of(options: Mapping[str, Any], *, sweep: bool = False) -> Drawing:
    """Return the cases that the options of `selection` choose; with ``sweep`` those that a comparison takes unasked.

    Raises:
        UsageError: nothing is chosen, an axis belongs to no chosen family, a name or value is unknown, or
            `check_size` says no.
        BrokenPlugin: a member that is named letter by letter breaks its contract.
    """
    chosen = [kind for kind in families() if split(kind.noun, options.get(kind.noun))]
    if not chosen:
        nouns = ", ".join(f"--{kind.noun}" for kind in families())
        raise UsageError(f"nothing is chosen to run; name members with {nouns} (for example --backend pool).")
    _check_axes(chosen, options)
    with cpus.chosen(affinity_of(options.get("affinity"))):
        parts = [_part(kind, options, sweep) for kind in chosen]
        check_size(sum(combinations(*part) for part in parts))
        drawing = merge(draw(*part) for part in parts)
    for member in sorted(named(drawing, options) & drawing.broken.keys()):
        raise drawing.broken[member]
    return drawing


def _part(
    kind: Family, options: Mapping[str, Any], sweep: bool
) -> tuple[Family, tuple[str, ...], dict[str, tuple[Value, ...]], JobKind | None]:
    job = job_of(options) if kind.shared_by else None
    unasked = {axis.name: axis.sweep() for axis in kind.axes if axis.sweep} if sweep else {}
    values = unasked | _values(kind.axes, options) | (_job_values(job, options) if job else {})
    return kind, members_of(kind, options), values, job


def job_of(options: Mapping[str, Any]) -> JobKind:
    """Return the kind of job that the options ask for."""
    return jobs.asked_for(options.get("job"), {name for name, value in options.items() if value})


def question_of(
    options: Mapping[str, Any],
    machine: Machine,
    affinity: tuple[int, ...],
    budget_s: float,
    inherits: tuple[str, ...] = (),
    *,
    verbose: bool,
) -> Question:
    """Return what advice is asked for: one job, and the backends that may be advised.

    Raises:
        UsageError: an axis has several values, or means nothing to the job.
    """
    from bench.app.question import Question
    from bench.contract.backend import PRELOAD

    family, job = all_families.distributing(), job_of(options)
    _check_axes([family], options)
    values = _values(family.axes, options) | _job_values(job, options)
    for name, several in values.items():
        if len(several) > 1:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} names {len(several)} values, and advice is for one job; name one.")
    params = {name: value for name, (value,) in values.items()}
    start = params.pop("start", None) or next(axis.default() for axis in family.axes if axis.name == "start")
    if start == PRELOAD:
        raise UsageError(f"--start {PRELOAD} is a way to measure, and advice is for code to paste; name forkserver.")
    given = options.get(family.noun)
    members = members_of(family, options if given else {family.noun: ("everything",)})
    return Question(job, params, members, machine, affinity, start, budget_s, verbose=verbose, inherits=inherits)


def small_sample(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with a small job in them, where they distribute one and say nothing about its size."""
    job = job_of(options)
    if not any(kind.shared_by and options.get(kind.noun) for kind in families()):
        return dict(options)
    asked = {shorthand.axis for parameter, (_, shorthand) in _shorthands().items() if options.get(parameter)}
    sample = {axis: (str(value),) for axis, value in job.sample.items() if axis not in asked and not options.get(axis)}
    return {**options, **sample}


def plan_file_of(name: str, affinity: str | None = None, given: Mapping[str, Sequence[str]] | None = None) -> PlanFile:
    """Return the plan of a shipped name or of a file, whose defaults are those of the CPUs that are named.

    Values that are ``given``, texts by axis, stand in place of those in the file.

    Raises:
        UsageError: there is no such plan, its file is wrong, or these CPUs cannot be used.
    """
    with cpus.chosen(affinity_of(affinity)):
        return _plan_file(name, given)


def _plan_file(name: str, given: Mapping[str, Sequence[str]] | None) -> PlanFile:
    from bench.core import plan_file

    if name.endswith(".toml") or "/" in name:
        return plan_file.read(Path(name), families(), given)
    known = plan_names()
    if name not in known:
        raise UnknownName("plan", name, known, '"primebench list plans" shows all; a file ends in .toml.')
    catalog.check_owner(PLANS, name)
    return plan_file.read(catalog.path(PLANS, name), families(), given)


def plan_names() -> tuple[str, ...]:
    """Return the names of the plans that are shipped, and of those that installed packages add."""
    return catalog.names(PLANS)


def members_of(kind: Family, options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the members of a family that its option chooses.

    Raises:
        BrokenPlugin: one that is named letter by letter cannot be loaded.
    """
    words = split(kind.noun, options[kind.noun])
    chosen = catalog.select(kind.package, words, kind.noun, f"primebench list {kind.name}")
    for name in chosen:
        if name in words:
            kind.missing(name)
    return chosen


def named(drawing: Drawing, options: Mapping[str, Any]) -> set[str]:
    """Return the members of the drawing that the user named letter by letter, not by a glob or ``all``."""
    words = {word for kind in families() for word in split(kind.noun, options.get(kind.noun))}
    return words & {skip.case.member for skip in drawing.skips}


def _values(axes: Iterable[Axis], options: Mapping[str, Any]) -> dict[str, tuple[Value, ...]]:
    values: dict[str, tuple[Value, ...]] = {}
    for axis in axes:
        texts = split(axis.name, options.get(axis.name))
        if texts:
            values[axis.name] = tuple(dict.fromkeys(value for text in texts for value in axis.parse(text)))
    return values


def _job_values(job: JobKind, options: Mapping[str, Any]) -> dict[str, tuple[Value, ...]]:
    values = _values(job.axes, options)
    for name, shorthand in job.shorthands.items():
        for text in split(name, options.get(f"{name}_")):
            values[shorthand.axis] = tuple(dict.fromkeys([*values.get(shorthand.axis, ()), *shorthand.parse(text)]))
    return values


def _check_axes(chosen: Sequence[Family], options: Mapping[str, Any]) -> None:
    carried = (job_of(options),) if any(kind.shared_by for kind in chosen) else ()
    owners: tuple[Family | JobKind, ...] = (*chosen, *carried)
    known = {axis.name for owner in owners for axis in owner.axes}
    everywhere = {axis.name for owner in owners_of_axes() for axis in owner.axes}
    for name in sorted(everywhere - known):
        if options.get(name):
            nouns = " and ".join([*(kind.name for kind in chosen), *(f"the job {kind.name}" for kind in carried)])
            raise UsageError(f"--{name.replace('_', '-')} means nothing to {nouns}; leave it out.")


_COMMA = re.compile(r",(?![^()]*\))")  # between values, not between what stands in parentheses


def split(option: str, texts: Sequence[str] | None) -> list[str]:
    """Return the values of an option that takes lists and may be given several times."""
    pieces = [piece.strip() for text in texts or () for piece in _COMMA.split(text)]
    named = [piece for piece in pieces if piece]
    if pieces and not named:
        raise UsageError(f"--{option.replace('_', '-')} names nothing; leave it out, or write a value.")
    return named


# --- effort -------------------------------------------------------------------------------------------------------


def _normal(name: str) -> str:
    return f"{getattr(EFFORTS['normal'], name):g}"


def _efforts(default: Callable[[str], str]) -> tuple[Callable[[Command], Command], ...]:
    """Make the options of single numbers of a preset; ``default`` says what each is without them."""
    seconds = partial(NumberRange, 0, min_open=True)
    return (
        option(
            "--values",
            type=WholeRange(1, 10_000),
            help="Timed values in each process.",
            group=EFFORT,
            default_is=default("values"),
        ),
        option(
            "--warmups",
            type=WholeRange(0, 10_000),
            help="Values thrown away before them.",
            group=EFFORT,
            rare=True,
            default_is=default("warmups"),
        ),
        option(
            "--min-time",
            type=seconds(3600),
            metavar="SECONDS",
            help="Least time of one value.",
            group=EFFORT,
            rare=True,
            default_is=default("min_time_s"),
        ),
        option(
            "--timeout",
            type=seconds(units.DAY_S),
            metavar="SECONDS",
            help="Deadline of one process.",
            group=EFFORT,
            rare=True,
            default_is=default("timeout_s"),
        ),
    )


_ROUNDS = option(
    "--rounds",
    type=WholeRange(1, 10_000),
    help="Visits of every case: each in a fresh process.",
    group=EFFORT,
    default_is=_normal("rounds"),
)
_SEED = option(
    "--seed",
    type=WholeRange(-units.MOST, units.MOST),
    help="Of the order of the visits.",
    group=EFFORT,
    rare=True,
    default_is=_normal("seed"),
)
_AFFINITY = option(
    "--affinity",
    metavar="CPUS",
    help="CPUs to use: for example 0,2-3; and as many workers unless --workers says otherwise.",
    group=EFFORT,
    default_is="all",
)


inherit_option = option(
    "--inherit-environ",
    multiple=True,
    metavar="NAME",
    help="Variables of your environment that processes get as well.",
    group=JOB,
    owners={"function": None},
)


def inherited(options: dict[str, Any], *, elsewhere: bool = False) -> tuple[str, ...]:
    """Take this option out of others, and return the names that it gives.

    Args:
        options: by name.
        elsewhere: whether a function may be named by a plan or a record.

    Raises:
        UsageError: one of the variables is not set, or no function of the user's is there that could see it.
    """
    from bench.engine.environment import check_names

    names = check_names(split("inherit_environ", options.pop("inherit_environ")))
    if names and not (elsewhere or options.get("function")):
        raise UsageError("--inherit-environ is for a function of yours; name it with --function.")
    return names


def _yes(_context: click.Context, _parameter: click.Parameter, word: str | None) -> bool | None:
    return None if word is None else word == "yes"


_OBSERVE = option(
    "--observe",
    type=click.Choice(["yes", "no"]),
    callback=_yes,
    help="Observe one more body of every case, after its times: what CPU, memory and waiting it takes.",
    group=EFFORT,
    rare=True,
    default_is="yes",
)


def effort(command: Command) -> Command:
    """Add the options that say how much time a plan is given."""
    preset = option(
        "--effort",
        type=click.Choice(list(EFFORTS)),
        default="normal",
        show_default=True,
        help="Preset for these numbers.",
        group=EFFORT,
    )
    return _add(command, preset, _ROUNDS, *_efforts(_normal), _SEED, _OBSERVE, _AFFINITY)


def paired_effort(command: Command) -> Command:
    """Add the options that say how much time one process of a paired run is given; each command has its own presets."""
    numbers = _efforts(lambda _name: "by --effort")
    return _add(command, numbers[0], *numbers[2:], _SEED, _AFFINITY)


def _add(command: Command, *decorators: Callable[[Command], Command]) -> Command:
    for decorator in reversed(decorators):  # the last one applied is the first that --help shows
        command = decorator(command)
    return command


def effort_of(options: Mapping[str, Any], preset: Effort) -> Effort:
    """Return the preset with the single numbers of `effort` or `paired_effort` laid over it."""
    names = {"min_time_s": "min_time", "timeout_s": "timeout"}
    given = {name: options.get(names.get(name, name)) for name in preset.__slots__}
    return replace(preset, **{name: value for name, value in given.items() if value is not None})


def affinity_of(text: str | None) -> tuple[int, ...]:
    """Return the CPUs that ``--affinity`` names, or all that are allowed.

    Raises:
        UsageError: the text names no CPUs, or one that this process may not use, or the system cannot bind processes.
    """
    allowed = cpus.allowed_cpus()
    if text is None:
        return allowed
    if not hasattr(os, "sched_setaffinity"):
        raise UsageError(f"--affinity {text} is not possible: this system cannot bind processes to CPUs; leave it out.")
    wanted: set[int] = set()
    for piece in split("affinity", [text]):
        first, dash, last = piece.partition("-")
        lo = units.whole_number(first)
        hi = units.whole_number(last) if dash else lo
        if hi - lo > 65_536:
            raise UsageError(f"{piece} names more CPUs than any machine has.")
        wanted |= set(range(lo, hi + 1))
    if not wanted or not wanted <= set(allowed):
        raise UsageError(f"--affinity {text} is not possible; allowed are the CPUs {','.join(map(str, allowed))}.")
    return tuple(sorted(wanted))


# --- pairs, records and tables ------------------------------------------------------------------------------------


def cases_options(command: Command) -> Command:
    """Add the options that choose among the cases of records."""
    command = option(
        "--family",
        "wanted_families",
        multiple=True,
        metavar="GLOB",
        help="Only cases of these families: backends, channels ...",
        shell_complete=completer(lambda: catalog.families(all_families.PACKAGE)),
        group=MEMBERS,
    )(command)
    for name in reversed(catalog.families(all_families.PACKAGE)):
        noun = name.removesuffix("s")
        command = option(
            f"--{noun}",
            f"wanted_{name}",
            multiple=True,
            metavar="GLOB",
            help=f"Only cases of these {name}.",
            shell_complete=of_family(name),
            group=MEMBERS,
        )(command)
    return option(
        "--case",
        "patterns",
        multiple=True,
        metavar="GLOB",
        help="Only these cases: a member, or a pattern such as '*workers=4*'; all if not given.",
        shell_complete=of_records,
        group=MEMBERS,
    )(command)


def wanted_of(options: Mapping[str, Any]) -> Wanted:
    """Return which cases the options of `cases_options` choose."""
    from bench.core.wanted import Wanted

    names = catalog.families(all_families.PACKAGE)
    members = {name: tuple(split(name.removesuffix("s"), options[f"wanted_{name}"])) for name in names}
    return Wanted(
        options["patterns"],
        tuple(split("family", options["wanted_families"])),
        {name: globs for name, globs in members.items() if globs},
    )


def pairs_option(command: Command) -> Command:
    """Add ``--pairs``."""
    return option(
        "--pairs",
        default="auto",
        show_default=True,
        metavar="N|auto",
        help="Pairs per batch; auto: from a pilot of 4.",
        group=RULE,
    )(command)


def drift_option(command: Command) -> Command:
    """Add the option that says by how much two sessions may differ."""
    return option(
        "--drift",
        type=NumberRange(0, 10),
        default=0.07,
        show_default=True,
        help="By how much sessions differ: times of two records, without any change.",
        group=RULE,
    )(command)


def destination(command: Command) -> Command:
    """Add the options that say where a record goes, and what is left out of it."""
    return _add(
        command,
        option(
            "-o",
            "--output",
            "file",
            type=click.Path(path_type=Path),
            help="Where the record goes.",
            group=OUTPUT,
            default_is="results/...",
        ),
        option("--force", is_flag=True, help="Overwrite the output file.", group=OUTPUT),
        option(
            "--anonymous",
            is_flag=True,
            help="Leave host name, user and paths out of the record.",
            group=OUTPUT,
            rare=True,
        ),
    )


def format_option(*services: str) -> Callable[[Command], Command]:
    """Add ``--format``, whose values are the files of a folder, and ``--width``.

    Of the formats that services read, a command takes those that it names: `VERDICTS`, `TIMES` and `PROCESSES`.
    """
    without = {*VERDICTS, *TIMES, *PROCESSES} - {*services}

    def add(command: Command) -> Command:
        return _add(
            command,
            option(
                "--format",
                "form",
                type=Member(FORMATS, "format", without),
                default="text",
                show_default=True,
                help="How to print it.",
                group=OUTPUT,
            ),
            option(
                "--width",
                type=WholeRange(width.LEAST, width.MOST),
                callback=width.take,
                expose_value=False,
                help="Characters a line of text; if not given, those of the terminal, and no limit in a pipe.",
                group=OUTPUT,
                rare=True,
            ),
        )

    return add
