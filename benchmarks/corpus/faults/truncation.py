"""Truncations that cannot be, or that are missing (RT16x, RT173)."""

from random import Random

from benchmarks.corpus.good import LEEDS, YES
from benchmarks.corpus.planting import played
from recordings.call import Call


def _too_far(call: Call, random: Random) -> None:
    """Truncate an answer behind its end."""
    call.write(LEEDS)
    call.send("response.create")
    done = call.hear_out()
    item = done["output"][-1]["id"]
    call.send(
        "conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=random.randrange(60_000, 90_000)
    )
    call.until("error")
    call.wait(200)


def _unheard(call: Call, random: Random) -> None:
    """Cancel an answer of which much was still to be heard, and do not truncate it."""
    call.write(LEEDS)
    call.send("response.create")
    call.hear(random.randrange(1250, 1700))
    call.send("response.cancel")
    call.until("response.done")
    call.wait(600)
    call.write(YES)
    call.send("response.create")
    call.hear_out()


def _cut_often(call: Call, random: Random) -> None:
    """Cut long answers again and again, as one should, but most of them is lost."""
    for _ in range(3):
        call.write(LEEDS)
        call.send("response.create")
        call.hear(random.randrange(900, 1300))
        call.send("response.cancel")
        call.truncate()
        call.until("conversation.item.truncated")


def _users_item(call: Call, _: Random) -> None:
    """Truncate what the user said."""
    said = call.write(LEEDS)
    call.send("response.create")
    call.hear(800)
    call.send("response.cancel")
    call.send("conversation.item.truncate", item_id=said, content_index=0, audio_end_ms=800)
    call.until("error")
    call.wait(300)


PLANTERS = (
    played("RT160", "written audio-turn client-cancel", _too_far),
    played("RT161", "written client-cancel", _unheard, "RT173"),
    played("RT162", "written client-cancel", _users_item, "RT160 RT161 RT173"),
    played("RT173", "written client-cancel", _cut_often),
)
