"""The formats of findings for other programs; `text`, for people, is drawn while recordings are still being read."""

from collections.abc import Callable, Sequence
from typing import Final

from rtdebug.reports.findings.github import github
from rtdebug.reports.findings.json import findings_json
from rtdebug.reports.findings.linted import Linted
from rtdebug.reports.findings.sarif import sarif

FORMATS: Final[dict[str, Callable[[Sequence[Linted]], bytes]]] = {
    "json": findings_json,
    "github": github,
    "sarif": sarif,
}
