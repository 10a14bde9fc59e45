"""Findings as JSON, for programs: versioned, with the rules that could not be evaluated and those that broke.

docs/commands/lint.md describes it; what changes there changes `VERSION` here.
"""

from collections.abc import Sequence
from typing import Final

import orjson

from rtdebug.reports.findings.linted import Linted, counts, evidence
from rtdebug.reports.findings.values import finding_values
from rtdebug.reports.values import Json, clean

VERSION: Final = 1


def findings_json(linted: Sequence[Linted]) -> bytes:
    """Write all of them as one JSON object."""
    values = {
        "rtdebug_findings": VERSION,
        "counts": counts(linted),
        "recordings": [_recording(one) for one in linted],
    }
    return orjson.dumps(clean(values), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _recording(one: Linted) -> Json:
    told = one.diagnosis
    return {
        "path": one.path,
        "findings": [finding_values(found) | {"command": evidence(one.path, found)} for found in one.findings],
        "not_evaluated": [{"code": rule.code, "name": rule.name, "why": why} for rule, why in told.not_evaluated],
        "failed": [{"code": rule.code, "name": rule.name, "how": how} for rule, how in told.failed],
    }
