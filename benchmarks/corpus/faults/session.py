"""Connections that break off, expire or are refused; recordings with holes; keys in messages (RT20x, RT231, RT240)."""

from benchmarks.corpus.planting import edited
from benchmarks.corpus.take import Take
from rtdebug.wire.messages import Sender

_ANY = "text-turn audio-turn vad-conversation tool-call written spoken-beta spoken-azure spoken-xai telephone"


def _expired(take: Take) -> None:
    minutes = take.random.choice((15, 30, 60))
    words = f"Your session hit the maximum duration of {minutes} minutes."
    if take.random.random() < 0.6:
        take.error("session_expired", words)
    take.hang_up(("close", "server", {"code": 1001, "reason": words}), ("closed", "server", {"how": "eof"}))


def _keepalive(take: Take) -> None:
    side: Sender = take.random.choice(("client", "server"))
    reason = take.random.choice(("keepalive ping timeout", "internal error", ""))
    take.hang_up(("close", side, {"code": 1011, "reason": reason}), ("closed", side, {"how": "eof"}))


def _lost(take: Take) -> None:
    how = take.random.choice(("eof", "reset"))
    if take.random.random() < 0.3:
        take.hang_up(("close", "server", {}), ("closed", "server", {"how": "eof"}))
    else:
        take.hang_up(("closed", "server", {"how": how}))


def _context_lost(take: Take) -> None:
    session = take.find("session.created")[0].event["session"]
    take.server("session.created", take.random.uniform(900, 9000), session={**session, "id": "sess_another"})
    take.client("input_audio_buffer.clear", 900)
    take.server("input_audio_buffer.cleared", 10)


def _refused(take: Take) -> None:
    code, words, close = take.random.choice(
        (
            ("invalid_api_key", "Incorrect API key provided.", 3000),
            ("insufficient_quota", "You exceeded your current quota.", 4000),
            ("model_not_found", "The model does not exist or you do not have access to it.", 4000),
        )
    )
    take.error(code, words)
    reason = f"invalid_request_error.{code}"
    take.hang_up(("close", "server", {"code": close, "reason": reason}), ("closed", "server", {"how": "eof"}))


def _gap(take: Take) -> None:
    where = take.random.choice(take.lines[5:-5])
    reason = take.random.choice(("a message over 64 MiB", "the recorder fell behind"))
    take.put(type(where)(0, where.sender or "server", {"reason": reason}, "gap"), before=where)


def _secret(take: Take) -> None:
    """Let the client put a key into the instructions, in a form that the recorder does not know."""
    key = "".join(take.random.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ01234567890123456789", k=36))
    words = take.random.choice((f"Call the API with Authorization: Bearer {key}", f"Say Bearer {key} to the tool"))
    session = {"type": "realtime", "instructions": words}
    effective = take.find("session.created", "session.updated")[-1].event["session"]
    take.client("session.update", 600, session=session)
    take.server("session.updated", 12, session={**effective, "instructions": words})


PLANTERS = (
    edited("RT200", _ANY, _expired, "RT202"),
    edited("RT201", _ANY, _keepalive, "RT202"),
    edited("RT202", _ANY, _lost),
    edited("RT203", "text-turn vad-conversation written tool-call", _context_lost, "RT901"),
    edited("RT204", _ANY, _refused, "RT202"),
    edited("RT231", "text-turn vad-conversation written tool-call telephone", _gap),
    edited("RT240", "text-turn vad-conversation written tool-call", _secret),
)
