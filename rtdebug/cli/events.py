"""`rtdebug events`: what there is to say on the wire, and what it means."""

import textwrap
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli import drawing
from rtdebug.errors import UsageError

if TYPE_CHECKING:
    from rich.text import Text

    from rtdebug.protocol.catalog import Row

_SHAPES = {"ga": "GA", "beta": "beta", "translation": "translation sessions", "xai": "xAI"}
_LEAST = 28
"""Columns that a meaning needs beside its type; where there are fewer, it stands below."""
_LABEL = 13


@click.command("events")
@click.argument("wanted", required=False, metavar="[TYPE]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a type.")
def command(wanted: str | None, as_json: bool) -> None:
    """List the event types of the Realtime API, or explain one.

    TYPE is a type's name as it is on the wire, or a pattern in quotes:

    `rtdebug events 'response.*'`

    Names of the beta API, of translation sessions and of xAI are listed beside those of today.
    """
    rows = _found(wanted)
    if as_json:
        for row in rows:
            print(_json(row))
    elif len(rows) == 1 and rows[0].type == wanted:
        _explain(rows[0])
    else:
        _list(rows)


def _found(wanted: str | None) -> "list[Row]":
    from rtdebug.protocol.catalog import CATALOG, nearest

    if wanted is None:
        return list(CATALOG.values())
    if wanted in CATALOG:
        return [CATALOG[wanted]]
    matching = [row for row in CATALOG.values() if fnmatchcase(row.type, wanted)]
    if not matching:
        near = nearest(wanted)
        hint = f"Did you mean {' or '.join(near)}?" if near else "`rtdebug events` lists those there are."
        raise UsageError(f"no event type is called {wanted}. {hint}")
    return matching


def _list(rows: "Iterable[Row]") -> None:
    from rich.text import Text

    console = drawing.console(drawing.LIST_WIDTH)
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(f"{row.family}, from the {' and the '.join(row.senders)}", []).append(row)
    for number, (heading, members) in enumerate(groups.items()):
        console.print(Text(("\n" if number else "") + heading, style="bold"), soft_wrap=True)
        column = max(len(row.type) for row in members) + 4
        for row in members:
            console.print(_entry(row, column, console.width), soft_wrap=True)


def _entry(row: "Row", column: int, width: int) -> "Text":
    """Set a type and its meaning side by side, or the meaning below where there is no room."""
    from rich.text import Text

    beside = width - column >= _LEAST
    indent = " " * (column if beside else 6)
    lines = textwrap.wrap(_meaning(row), max(_LEAST, width - len(indent)))
    name = f"  {row.type}".ljust(column) if beside else f"  {row.type}\n{indent}"
    return Text.assemble((name, "cyan"), f"\n{indent}".join(lines))


def _meaning(row: "Row") -> str:
    return row.meaning if row.canonical == row.type else f"beta name of {row.canonical}"


def _explain(row: "Row") -> None:
    from rich.text import Text

    console = drawing.console(drawing.LIST_WIDTH)
    console.print(Text(row.type, style="bold cyan"), soft_wrap=True)
    console.print(Text(f"{row.meaning[0].upper()}{row.meaning[1:]}.\n"), soft_wrap=True)
    for name, facts in _facts(row).items():
        for number, fact in enumerate(facts):
            label = "" if number else name
            console.print(Text.assemble((label.ljust(_LABEL), "bold"), fact), soft_wrap=True)


def _facts(row: "Row") -> dict[str, list[str]]:
    from rtdebug.protocol.catalog import CATALOG

    def shapes(of: "Row") -> str:
        return ", ".join(_SHAPES[shape] for shape in of.shapes)

    width = max(map(len, row.fields), default=0) + 2
    fields = [name.ljust(width) + _kind(kind) for name, kind in row.fields.items()]
    return {
        "sent by": ["the " + " and the ".join(row.senders)],
        "known to": [shapes(row)],
        "read as": [row.canonical] if row.canonical != row.type else [],
        "also called": [f"{name} ({shapes(CATALOG[name])})" for name in row.aliases],
        "fields": fields or ["none but type and event_id"],
        "ids": list(row.ids),
        "audio": [f"{row.audio}, as base64"] if row.audio else [],
        "secrets": list(row.secrets),
        "follows": list(row.before),
        "followed by": list(row.after),
    }


def _kind(kind: str) -> str:
    return f"{kind[:-1]}, optional" if kind.endswith("?") else kind


def _json(row: "Row") -> str:
    import dataclasses

    import orjson

    return orjson.dumps({"family": row.family, **dataclasses.asdict(row)}).decode()
