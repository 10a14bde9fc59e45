"""Whether what is to be ignored is there at all: what is misspelled would ignore nothing, in silence. Pure."""

import difflib
from collections.abc import Iterable, Sequence

from rtdebug.errors import UsageError
from rtdebug.protocol.catalog import CATALOG
from rtdebug.replay.compare import names_in
from rtdebug.replay.policy import URL_MODEL
from rtdebug.replay.steps import Script


def check_ignored(scripts: Iterable[Script], ignored: Sequence[str], where: str) -> None:
    """Raise UsageError for a name that is none of what these scripts' clients sent; `where` says who gave it."""
    if not ignored:
        return
    known = {URL_MODEL, *CATALOG}.union(*(names_in(command.event) for script in scripts for command in script.commands))
    for name in ignored:
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=2)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise UsageError(f"{where} {name}: no field or type of what these recordings' clients sent.{hint}")
