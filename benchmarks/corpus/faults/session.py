"""Connections that break off, expire or are refused; recordings that are not whole; keys in messages."""

import orjson

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


def _refused_handshake(take: Take) -> None:
    status, code, words = take.random.choice(
        (
            ("401 Unauthorized", "401", "Access denied due to invalid subscription key or wrong API endpoint."),
            ("403 Forbidden", "", ""),
            ("404 Not Found", "DeploymentNotFound", "The API deployment for this resource does not exist."),
            ("429 Too Many Requests", "insufficient_quota", "You exceeded your current quota."),
            ("503 Service Unavailable", "server_error", "The server is overloaded."),
        )
    )
    body = orjson.dumps({"error": {"code": code, "message": words}}).decode() if words else "<html>no</html>"
    take.never_begin(
        response={"head": [f"HTTP/1.1 {status}", "Content-Length: 99"], "body": {"size": 99, "text": body}}
    )


def _unreachable(take: Take) -> None:
    why = take.random.choice(("cannot be reached: Connection refused", "has no address: Name or service not known"))
    take.never_begin(error=f"wss://api.example.com {why}")


def _cut_off(take: Take) -> None:
    """Kill the recorder in the middle of an answer."""
    response = take.random.choice([line.event["response"]["id"] for line in take.find("response.created")])
    told = take.of(response)
    last = take.random.choice(told[: len(told) - 1])
    take.lines = take.lines[: 1 + next(index for index, line in enumerate(take.lines) if line is last)]
    take.is_cut_off = True


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
    edited("RT204", _ANY, _refused_handshake),
    edited("RT205", _ANY, _unreachable),
    edited("RT231", "text-turn vad-conversation written tool-call telephone", _gap),
    edited("RT232", _ANY, _cut_off),
    edited("RT240", "text-turn vad-conversation written tool-call", _secret),
)
