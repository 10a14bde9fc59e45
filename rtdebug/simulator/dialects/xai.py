"""xAI's shape: GA's names for most events, its own shapes for sessions, items and ends of responses."""

from rtdebug.protocol.dialects.configuration import session
from rtdebug.simulator.audio import format_of, pcm_format
from rtdebug.simulator.dialects.objects import bare, ended, item_of, response_of, session_of, without_transport
from rtdebug.simulator.dialects.plain import Plain, Tell
from rtdebug.simulator.ids import Ids
from rtdebug.simulator.options import SESSION_S
from rtdebug.simulator.refusals import Json

_TRANSCRIPTION = "conversation.item.input_audio_transcription"
_IGNORED = ("enable_noise_suppression", "enable_phonetic_spelling", "keep_context", "temperature", "resumption")


class Xai(Plain):
    """Tells and reads events as xAI does."""

    def __init__(self, ids: Ids) -> None:
        super().__init__(ids)
        self._announced: set[str] = set()
        """Items a client heard of when their speech began."""
        self._written: dict[str, str] = {}
        """What was understood of each item so far."""
        self._sound_done: list[Json] = []
        self._format = pcm_format(24000)
        self._made_ms = 0
        self._tellers: dict[str, Tell] = {
            "session.created": self._created,
            "session.updated": self._updated,
            "conversation.item.added": self._added,
            "conversation.item.done": _silence,
            "rate_limits.updated": _silence,
            "input_audio_buffer.speech_started": self._announce,
            f"{_TRANSCRIPTION}.delta": self._understood,
            f"{_TRANSCRIPTION}.completed": self._completed,
            "response.created": self._begun,
            "response.done": ended,
            "response.output_item.added": lambda event: [{**event, "item": bare(event["item"])}],
            "response.output_item.done": lambda event: [{**event, "item": bare(event["item"])}],
            "response.output_audio.delta": self._sound,
            "response.output_audio_transcript.delta": self._words,
            "response.output_audio.done": self._hold,
            "response.content_part.done": self._part_done,
        }

    def read(self, event: Json) -> Json:
        """Return a client event in the machine's shape."""
        asked = event.get("session")
        if event.get("type") != "session.update" or not isinstance(asked, dict):
            return event
        known = {name: value for name, value in asked.items() if name not in _IGNORED}
        said = session(known, kind="realtime", always=True)
        return {**event, "session": {**said, "audio": without_transport(said.get("audio", {}))}}

    def tell(self, event: Json) -> list[Json]:
        """Return what the client is told of a server event."""
        teller = self._tellers.get(event["type"])
        told = [event] if teller is None else teller(event)
        return [_finished(one) for one in told]

    def _created(self, event: Json) -> list[Json]:
        held = event["session"]
        conversation = {"id": self._ids.conversation(), "object": "realtime.conversation"}
        asked_at = max(0, held["expires_at"] - SESSION_S) * 1000
        return [
            {**event, "session": session_of(held)},
            self.said("conversation.created", conversation=conversation),
            self.said("ping", timestamp=asked_at),
        ]

    def _updated(self, event: Json) -> list[Json]:
        held = event["session"]
        self._format = format_of(held["audio"]["output"]["format"])
        heard, spoken = held["audio"]["input"], held["audio"]["output"]
        audio = {
            "input": {"format": heard["format"], "transport": "json", "transcription": heard["transcription"]},
            "output": {"format": spoken["format"], "transport": "json"},
        }
        limit = {"max_response_output_tokens": held["max_output_tokens"]}
        told = {**session_of(held), "tool_choice": held["tool_choice"], **limit, "audio": audio}
        return [{**event, "session": told}]

    def _announce(self, event: Json) -> list[Json]:
        item_id = event["item_id"]
        self._announced.add(item_id)
        content = [{"type": "input_audio", "transcript": ""}]
        body = {"id": item_id, "type": "message", "status": "in_progress", "role": "user", "content": content}
        return [event, self.said("conversation.item.added", item=item_of(body))]

    def _added(self, event: Json) -> list[Json]:
        known = event["item"]["id"] in self._announced
        self._announced.discard(event["item"]["id"])
        return [] if known else [{**event, "item": item_of(event["item"])}]

    def _understood(self, event: Json) -> list[Json]:
        item_id = event["item_id"]
        self._written[item_id] = self._written.get(item_id, "") + event["delta"]
        where = {"item_id": item_id, "content_index": event["content_index"]}
        return [{**_named(event), **where, "transcript": self._written[item_id]}]

    def _completed(self, event: Json) -> list[Json]:
        self._written.pop(event["item_id"], None)
        where = {"item_id": event["item_id"], "content_index": event["content_index"]}
        return [{**_named(event, "completed"), **where, "transcript": event["transcript"], "status": "completed"}]

    def _begun(self, event: Json) -> list[Json]:
        self._made_ms = 0
        return [{**event, "response": response_of(event["response"])}]

    def _sound(self, event: Json) -> list[Json]:
        size = len(event["delta"]) * 3 // 4 - event["delta"].count("=")
        made = {"rid": self._ids.event(), "latency": "0.42", "audio_duration_ms": self._format.ms(size), "ts": 0}
        self._made_ms += self._format.ms(size)
        return [{**event, **made}]

    def _words(self, event: Json) -> list[Json]:
        return [{**event, "rid": self._ids.event(), "start_time": self._made_ms / 1000}]

    def _hold(self, event: Json) -> list[Json]:
        self._sound_done.append(event)
        return []

    def _part_done(self, event: Json) -> list[Json]:
        held, self._sound_done = self._sound_done, []
        return [{name: value for name, value in event.items() if name != "part"}, *held]


def _named(event: Json, word: str = "updated") -> Json:
    return {"type": f"{_TRANSCRIPTION}.{word}", "event_id": event["event_id"]}


def _finished(event: Json) -> Json:
    """Return an event as all of them are: with an item before it, and no padding."""
    told = {name: value for name, value in event.items() if name != "obfuscation"}
    return {**told, "previous_item_id": event.get("previous_item_id")}


def _silence(_event: Json) -> list[Json]:
    return []
