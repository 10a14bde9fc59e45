"""Findings as SARIF 2.1.0, which code hosts and editors read."""

from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from rtdebug import __version__
from rtdebug.diagnosis.finding import Confidence, Finding, Rule, Severity
from rtdebug.reports.findings.linted import Linted, evidence
from rtdebug.reports.findings.page import markdown_page
from rtdebug.reports.findings.place import events_uri
from rtdebug.reports.values import Json, clean
from rtdebug.units import quote

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final[Mapping[Severity, str]] = {"error": "error", "warning": "warning", "info": "note"}
_PRECISION: Final[Mapping[Confidence, str]] = {"high": "high", "medium": "medium", "low": "low"}
_MOST_RELATED = 20


def sarif(linted: Sequence[Linted]) -> bytes:
    """Write one run, with the rules it was made with and their pages."""
    rules = {rule.code: rule for one in linted for rule in one.rules}
    places = {code: index for index, code in enumerate(rules)}
    run: Json = {
        "tool": {
            "driver": {
                "name": "rtdebug",
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in rules.values()],
            }
        },
        "columnKind": "utf16CodeUnits",
        "invocations": [
            {
                "executionSuccessful": not any(one.diagnosis.failed for one in linted),
                "toolExecutionNotifications": [note for one in linted for note in _broken(one, places)],
                "toolConfigurationNotifications": [note for one in linted for note in _not_evaluated(one, places)],
            }
        ],
        "results": [_result(one.path, found, places[found.code]) for one in linted for found in one.findings],
    }
    whole = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(clean(whole), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _rule(rule: Rule) -> Json:
    help_ = f"{rule.doc.sees}\n\n{rule.doc.matters}\n\n{rule.doc.advice}"
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.name.replace("-", " ").capitalize()},
        "fullDescription": {"text": rule.doc.sees},
        "help": {"text": help_, "markdown": markdown_page(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.family], "precision": _PRECISION[rule.confidence]},
    }


def _result(path: str, found: Finding, index: int) -> Json:
    related = [{"id": number, **_location(path, seq)} for number, seq in enumerate(found.seqs[1 : 1 + _MOST_RELATED])]
    return {
        "ruleId": found.code,
        "ruleIndex": index,
        "level": _LEVELS[found.severity],
        "message": {"text": quote(found.message)},
        "locations": [_location(path, found.seqs[0])],
        **({"relatedLocations": related} if related else {}),
        "properties": {
            "confidence": found.confidence,
            "at_ns": found.at_ns,
            "response_id": found.response_id or None,
            "item_id": found.item_id or None,
            "command": evidence(path, found),
        },
    }


def _location(path: str, seq: int) -> Json:
    return {
        "physicalLocation": {"artifactLocation": {"uri": events_uri(path)}, "region": {"startLine": max(1, seq)}},
    }


def _broken(one: Linted, places: Mapping[str, int]) -> list[Json]:
    return [_note(one, rule, f"{rule.code} broke: {how}", "error", places) for rule, how in one.diagnosis.failed]


def _not_evaluated(one: Linted, places: Mapping[str, int]) -> list[Json]:
    return [
        _note(one, rule, f"{rule.code} was not evaluated: {why}", "note", places)
        for rule, why in one.diagnosis.not_evaluated
    ]


def _note(one: Linted, rule: Rule, words: str, level: str, places: Mapping[str, int]) -> Json:
    return {
        "descriptor": {"id": f"{rule.code}/{level}"},
        "associatedRule": {"id": rule.code, "index": places[rule.code]},
        "level": level,
        "message": {"text": quote(words)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": events_uri(one.path)}}}],
    }
