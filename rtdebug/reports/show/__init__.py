"""`show`: a session on one page, in sections. One file a section; each gives back what Rich can draw, or None."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from rich.console import RenderableType

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show import config, errors, findings, items, latency, responses, transcript, turns, usage
from rtdebug.reports.show.heading import heading
from rtdebug.reports.show.look import section

SECTIONS: Final[dict[str, Callable[[Recorded], RenderableType | None]]] = {
    "findings": findings.findings,
    "responses": responses.responses,
    "usage": usage.usage,
    "turns": turns.turns,
    "latency": latency.latency,
    "transcript": transcript.transcript,
    "config": config.config,
    "items": items.items,
    "errors": errors.errors,
}
"""In the order they are drawn in."""


def show(recorded: Recorded, names: Sequence[str], *, named: bool) -> Iterator[RenderableType]:
    """Yield the heading and the sections; an empty section says so where it was asked for by name.

    Where there are no turns (a translation has none), the transcript stands for them.
    """
    yield heading(recorded)
    if not named and "turns" in names and not recorded.session.turns:
        names = [*names, "transcript"]
    for name, draw in SECTIONS.items():
        if name not in names:
            continue
        drawn = draw(recorded)
        if drawn is None and not named:
            continue
        yield ""
        yield section(name)
        yield drawn if drawn is not None else "nothing"
