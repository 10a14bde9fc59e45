"""Findings as commands of a GitHub workflow: each becomes a mark on the run, at its line of the recording."""

from collections.abc import Mapping, Sequence
from typing import Final

from rtdebug.diagnosis.finding import Finding, Severity
from rtdebug.reports.findings.linted import Linted, evidence
from rtdebug.reports.findings.place import events_file
from rtdebug.units import moment_of, plain, quote

_LEVELS: Final[Mapping[Severity, str]] = {"error": "error", "warning": "warning", "info": "notice"}


def github(linted: Sequence[Linted]) -> bytes:
    """Write a command for each finding, and a warning for each rule that broke."""
    lines = [_finding(one.path, found) for one in linted for found in one.findings]
    lines += [
        f"::warning title={_property(f'{rule.code} broke')}::{_data(f'{one.path}: {quote(how)}')}"
        for one in linted
        for rule, how in one.diagnosis.failed
    ]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def _finding(path: str, found: Finding) -> str:
    where = f"file={_property(plain(events_file(path)))},line={found.seqs[0]}"
    title = _property(f"{found.code} {found.rule.name}")
    when = f" (at {moment_of(found.at_ns)})" if found.at_ns is not None else ""
    words = f"{quote(found.message)}{when}\n{plain(evidence(path, found))}"
    return f"::{_LEVELS[found.severity]} {where},title={title}::{_data(words)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
