"""A finding and a rule as JSON values: what `lint --json`, `show --json` and `rule --json` write in the same way."""

from rtdebug.diagnosis.finding import Finding, Rule
from rtdebug.reports.values import Json
from rtdebug.units import quote


def finding_values(one: Finding) -> Json:
    """Write a finding."""
    return {
        "code": one.code,
        "name": one.rule.name,
        "severity": one.severity,
        "confidence": one.confidence,
        "message": quote(one.message),
        "seq": one.seqs[0],
        "at_ns": one.at_ns,
        "until_ns": one.until_ns,
        "seqs": list(one.seqs),
        "sound": [{"track": it.track, "start": it.start, "frames": it.frames} for it in one.sound],
        "response_id": one.response_id or None,
        "item_id": one.item_id or None,
    }


def rule_values(rule: Rule) -> Json:
    """Write a rule and its page."""
    return {
        "code": rule.code,
        "name": rule.name,
        "family": rule.family,
        "severity": rule.severity,
        "confidence": rule.confidence,
        "needs": list(rule.needs),
        "sees": rule.doc.sees,
        "matters": rule.doc.matters,
        "advice": rule.doc.advice,
        "seen_in": rule.doc.seen_in,
    }
