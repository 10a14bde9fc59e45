"""Before calls that cost money: what they will roughly cost, and a yes to it."""

import sys
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli.common import say
from rtdebug.errors import UsageError

if TYPE_CHECKING:
    from rtdebug.conform.endpoint import Endpoint
    from rtdebug.reports.recorded import Recorded


def agree(endpoint: "Endpoint", recorded: "Recorded", runs: int, *, yes: bool) -> None:
    """Say what the runs will roughly cost with a service that charges; for more than one, have it confirmed."""
    from rtdebug.replay.destination import charges
    from rtdebug.units import count

    service = charges(endpoint)
    if not service:
        return
    say(f"{service} charges for each run. {_price(endpoint, recorded, runs)}")
    if runs == 1 or yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(f"{count(runs, 'run')} with a service that charges: add --yes")
    click.confirm(f"Play it {count(runs, 'time')}?", abort=True, err=True)


def _price(endpoint: "Endpoint", recorded: "Recorded", runs: int) -> str:
    """Say what the recorded call comes to there, and what so many of it do."""
    from dataclasses import replace

    from rtdebug.replay.destination import model_asked
    from rtdebug.reports.priced import bill
    from rtdebug.units import count, dollars

    session = replace(recorded.session, model=model_asked(endpoint) or recorded.session.model)
    price = bill(replace(recorded, session=session, vendor=endpoint.vendor)).total
    if price is not None:
        times = f"{count(runs, 'run')} of it about {dollars(price * runs)}" if runs > 1 else "a run of it about as much"
        return f"The recorded call comes to {dollars(price)}: {times}"
    tokens = recorded.session.usage.total_tokens
    used = f"The recorded call used {count(tokens, 'token')}" if tokens else "What the recorded call used is not known"
    return f"{used}; a price is not known for this model there"
