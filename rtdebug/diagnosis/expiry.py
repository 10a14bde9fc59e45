"""Where the server ends a session because of its age: an error that says so, or a close frame."""

from typing import Final

from rtdebug.diagnosis.subject import Subject

_CODE: Final = "session_expired"
_SURE: Final = "maximum duration"
_PERHAPS: Final = "expired"
"""Keys and tokens expire as well as sessions do."""
_SHORTEST_NS: Final = 60 * 1_000_000_000
"""No service's sessions end of age before that."""


def told_expired(call: Subject) -> list[int]:
    """Return the entries with which the server says that the session has reached its maximum age."""
    seqs = [one.mark.seq for one in call.session.errors if one.code == _CODE]
    mark = call.session.ending.mark
    return [*seqs, mark.seq] if mark is not None and _is_close_of_age(call, told=bool(seqs)) else seqs


def is_refusing(code: int) -> bool:
    """Say whether a close code is one that services throw clients out with."""
    return code == 3000 or code >= 4000


def _is_close_of_age(call: Subject, *, told: bool) -> bool:
    """Say whether the session ended with a close frame that tells of its age; `told` where an error did before."""
    ending = call.session.ending
    if call.session.refusal is not None or ending.code is None or ending.by != "server":
        return False
    reason = ending.reason.lower()
    if _SURE in reason:
        return True
    is_old = call.has("times") and call.end_ns >= _SHORTEST_NS
    return _PERHAPS in reason and (told or is_old or not is_refusing(ending.code))
