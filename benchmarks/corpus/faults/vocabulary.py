"""Words that the API does not have, and ids that nobody has (RT22x)."""

from benchmarks.corpus.planting import edited
from benchmarks.corpus.take import Take

_ANY = "text-turn audio-turn vad-conversation tool-call written telephone spoken-azure"


def _unknown(take: Take) -> None:
    name = take.random.choice(("vendor.metrics", "x.turn.score", "debug.heartbeat", "moderation.verdict"))
    for _ in range(take.random.randint(1, 4)):
        take.server(name, 120, score=take.random.random())


def _misspelled(take: Take) -> None:
    name, words = take.random.choice(
        (
            ("response.creat", "response.creat"),
            ("input_audio_buffer.comit", "input_audio_buffer.comit"),
            ("session.updates", "session.updates"),
            ("conversation.item.delet", "conversation.item.delet"),
        )
    )
    take.client(name, 500, event_id="event_wrong")
    message = f"Invalid value: '{words}'. Supported values are: 'session.update', 'response.create'."
    take.error("invalid_value", message, "event_wrong", param="type")


def _beta_name(take: Take) -> None:
    """Let the server say some things as beta did."""
    ga, beta = take.random.choice(
        (
            ("response.output_audio.delta", "response.audio.delta"),
            ("response.output_audio_transcript.delta", "response.audio_transcript.delta"),
        )
    )
    for line in take.lines:
        if line.event.get("type") == ga:
            line.event = {**line.event, "type": beta}


def _dangling(take: Take) -> None:
    wrong = f"item_{take.random.getrandbits(60):x}"
    kind = take.random.choice(("conversation.item.delete", "conversation.item.retrieve"))
    take.client(kind, 500, item_id=wrong, event_id="event_wrong")
    message = f"Error with item: the item with id '{wrong}' does not exist."
    take.error("item_not_found" if "retrieve" in kind else "item_delete_invalid_item_id", message, "event_wrong")


PLANTERS = (
    edited("RT220", _ANY, _unknown),
    edited("RT221", _ANY, _misspelled),
    edited("RT222", "audio-turn vad-conversation written telephone", _beta_name),
    edited("RT223", _ANY, _dangling),
)
