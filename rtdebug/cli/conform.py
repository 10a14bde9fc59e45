"""`rtdebug conform`: whether an endpoint speaks as the API does."""

import itertools
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli.common import NumberRange, key_in, names_in, run_async
from rtdebug.cli.progress import OneLine
from rtdebug.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from rtdebug.conform.endpoint import Endpoint
    from rtdebug.conform.stage import Stage
    from rtdebug.conform.steps import Scene
    from rtdebug.conform.verdicts import Row

_KEY = "OPENAI_API_KEY"
_SIGNS = {"held": "✔", "failed": "✕", "warning": "▲", "differs": "·", "not evaluated": "-"}
_STYLES = {"held": "green", "failed": "bold red", "warning": "yellow", "differs": "cyan", "not evaluated": "dim"}
_MOST = 5
"""Breaches of one rule that are printed."""


@click.command("conform")
@click.argument("url", metavar="URL")
@click.option("--model", "-m", metavar="M", help="Model to ask for, where the URL names none. [default: gpt-realtime]")
@click.option(
    "--key-env",
    metavar="NAME",
    help=f"Variable that holds the key. Without it: {_KEY}, for OpenAI's own addresses and for no other.",
)
@click.option("--only", "-s", metavar="CODES", help="Rules (R…) and probes (P…), separated by commas; R or P is all.")
@click.option("--at-once", type=click.IntRange(1, 32), default=4, show_default=True, help="Connections side by side.")
@click.option(
    "--patience",
    type=NumberRange(0.1, 600),
    default=30.0,
    show_default=True,
    help="Seconds to wait for an answer.",
)
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
def command(
    url: str, model: str | None, key_env: str | None, only: str | None, at_once: int, patience: float, as_json: bool
) -> None:
    """Check whether a server keeps the order of the Realtime API, and refuses what it has to refuse.

    `rtdebug conform wss://api.openai.com --model gpt-realtime-mini`

    Plays some thirty short conversations, each on a connection of its own. Waits for types of events, never for
    words. With a service that charges, this costs what thirty short calls cost.

    Exit status 1 if a rule of level error or a probe does not hold, 4 if no session can be had. What a server cannot
    play is not evaluated, and no failure.
    """
    from rtdebug.conform.verdicts import choose, evaluate
    from rtdebug.simulator.script import DEFAULT
    from rtdebug.simulator.voice import speech

    codes = _codes(only)
    endpoint = _endpoint(url, model, key_env)
    scenes = choose(speech(DEFAULT.turns[0].user, "user"), codes)
    stages = _play(endpoint, scenes, at_once, patience)
    rows = evaluate(stages, codes)
    if as_json:
        _print_json(endpoint, stages, rows)
    else:
        _print(endpoint, stages, rows)
    if any(row.outcome == "failed" for row in rows):
        sys.exit(1)


def _play(endpoint: "Endpoint", scenes: "Sequence[Scene]", at_once: int, patience: float) -> "Sequence[Stage]":
    """Play the scenes; show on a terminal how far that has come. Raises UpstreamError."""
    from rtdebug.conform.runner import Limits, perform

    line, played = OneLine(), itertools.count(1)

    def on_played(_stage: "Stage") -> None:
        line.show(f"{next(played)} of {len(scenes)} scenes played")

    try:
        limits = Limits(answer=patience)
        return run_async(perform(endpoint, scenes, at_once=at_once, limits=limits, on_played=on_played))
    finally:
        line.clear()


def _codes(only: str | None) -> Sequence[str]:
    """Read codes; raise UsageError for one that is none."""
    from rtdebug.conform.verdicts import CODES

    if only is None:
        return CODES
    wanted = names_in("--only", only, (*CODES, "R", "P"), "rule or probe")
    return [code for code in CODES if code in wanted or code[0] in wanted]


def _endpoint(url: str, model: str | None, key_env: str | None) -> "Endpoint":
    from rtdebug.conform.endpoint import parse_endpoint, vendor

    if key_env is not None and not key_in(key_env):
        raise UsageError(f"--key-env {key_env}: the variable is not set")
    endpoint = parse_endpoint(url, model=model)
    name = key_env or (_KEY if vendor(endpoint.url) == "openai" else "")
    return parse_endpoint(url, model=model, key=key_in(name) if name else "")


# In words.


def _print(endpoint: "Endpoint", stages: "Sequence[Stage]", rows: "Sequence[Row]") -> None:
    from rich.text import Text

    from rtdebug.cli.drawing import console
    from rtdebug.reports.show.look import Fields, section
    from rtdebug.units import plain

    out = console()
    out.print(_table(rows))
    broken = [row for row in rows if row.breaches]
    if broken:
        out.print("", section("where it does not hold"), sep="\n")
        out.print(Fields([pair for row in broken for pair in _breaches(row)], widest=14))
    unplayed = [stage for stage in stages if stage.reason]
    if unplayed:
        out.print("", section("not played to the end"), sep="\n")
        out.print(Fields([(stage.scene.name, Text(plain(stage.reason))) for stage in unplayed]))
    out.print("", _summary(endpoint, stages, rows), sep="\n")


def _table(rows: "Sequence[Row]") -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    table.add_column("code", no_wrap=True)
    table.add_column("what it says")
    table.add_column("held", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for row in rows:
        held = f"{row.held:,}/{row.cases:,}" if row.cases else "-"
        table.add_row(row.code, Text(row.says), held, _verdict(row))
    return table


def _verdict(row: "Row") -> "Text":
    from rich.text import Text

    return Text(f"{_SIGNS[row.outcome]} {row.outcome}", _STYLES[row.outcome])


def _breaches(row: "Row") -> "list[tuple[str | Text, Text]]":
    from rich.text import Text

    from rtdebug.units import count, quote

    pairs: list[tuple[str | Text, Text]] = []
    for number, breach in enumerate(row.breaches[:_MOST]):
        words = Text(quote(breach.says, 400))
        words.append(f"  {breach.scene} #{breach.seq} {quote(breach.type, 80)}".rstrip(), "dim")
        pairs.append((Text("" if number else row.code, _STYLES[row.outcome]), words))
    if len(row.breaches) > _MOST:
        pairs.append(("", Text(f"and {count(len(row.breaches) - _MOST, 'more place')}; --json has all", "dim")))
    return pairs


def _summary(endpoint: "Endpoint", stages: "Sequence[Stage]", rows: "Sequence[Row]") -> "Text":
    from rich.text import Text

    from rtdebug.units import count, plain

    outcomes = [row.outcome for row in rows]
    words = Text()
    for outcome, sign in _SIGNS.items():
        if outcome in outcomes:
            words.append(", " if words else "")
            words.append(f"{outcomes.count(outcome)} {sign} {outcome}", _STYLES[outcome])
    said = count(sum(len(stage.events) for stage in stages), "event")
    words.append(f" · {count(len(stages), 'scene')}, {said} · {_dialect(stages)} · {plain(endpoint.shown)}")
    return words


def _dialect(stages: "Sequence[Stage]") -> str:
    return str(stages[0].reader.dialect)


# For programs.


def _print_json(endpoint: "Endpoint", stages: "Sequence[Stage]", rows: "Sequence[Row]") -> None:
    import orjson

    value = {
        "endpoint": endpoint.shown,
        "dialect": _dialect(stages),
        "passed": not any(row.outcome == "failed" for row in rows),
        "verdicts": [_row_values(row) for row in rows],
        "scenes": [
            {"name": stage.scene.name, "events": len(stage.events), "reason": stage.reason or None} for stage in stages
        ],
    }
    print(orjson.dumps(value).decode())


def _row_values(row: "Row") -> dict[str, object]:
    return {
        "code": row.code,
        "level": row.level,
        "says": row.says,
        "cases": row.cases,
        "held": row.held,
        "verdict": row.outcome,
        "reason": None if row.cases else row.reason,
        "breaches": [
            {"scene": breach.scene, "seq": breach.seq, "type": breach.type or None, "says": breach.says}
            for breach in row.breaches
        ],
    }
