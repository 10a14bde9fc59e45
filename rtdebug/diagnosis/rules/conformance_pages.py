"""What the pages of the conformance rules say, by the number of the rule. Words only."""

from typing import Final, NamedTuple


class Page(NamedTuple):
    """A rule's name, and its page but for what it sees."""

    name: str
    matters: str
    advice: str
    seen_in: str


_HELD = "It held everywhere on recorded calls of OpenAI's, Azure's and xAI's."
_SERVER = "Report it to whoever makes the server; `rtdebug conform` shows it without a client of yours."

PAGES: Final[dict[str, Page]] = {
    "R01": Page(
        "session-created-not-first",
        "Clients wait for `session.created` before they configure the call; what comes earlier they may drop.",
        f"Do not rely on it with this server: take events as they come. {_SERVER}",
        _HELD,
    ),
    "R02": Page(
        "event-id-missing-or-reused",
        "Clients that drop what they have seen before drop an event that has another one's id.",
        f"Do not tell events apart by `event_id` with this server. {_SERVER}",
        _HELD,
    ),
    "R03": Page(
        "response-begins-without-created",
        "A client that makes room for an answer at `response.created` has none for what came before it.",
        f"Make room for an answer at the first event that names it. {_SERVER}",
        f"{_HELD} Interruptions were seen to overtake it (livekit/agents).",
    ),
    "R04": Page(
        "response-not-ended-once",
        "Clients free the next turn at `response.done`: two of them free it twice, and what comes later is lost.",
        f"Drop events of an answer that is done. {_SERVER}",
        _HELD,
    ),
    "R05": Page(
        "conversation-changed",
        "Which conversation an answer belongs to decides whether it blocks the next one.",
        _SERVER,
        _HELD,
    ),
    "R06": Page(
        "details-of-completed",
        "Clients that look at `status_details` first take the answer for one that was cut short.",
        "Look at `status` first, and at its details only where it is not `completed`.",
        "It held in 38 of 38 answers of OpenAI's and Azure's, and in none of xAI's, where it is not looked for.",
    ),
    "R07": Page(
        "item-left-open",
        "A client that shows an item, or runs a call, when it is done never does so.",
        f"At `response.done`, take items that are still open from its `output`. {_SERVER}",
        _HELD,
    ),
    "R08": Page(
        "output-index-out-of-order",
        "Items that are placed by `output_index` stand in another order than they were made in.",
        "Place items by the order in which they are added.",
        "It held in 38 of 38 answers of OpenAI's and Azure's; xAI counts otherwise, and is not looked at.",
    ),
    "R09": Page(
        "output-not-as-added",
        "Whoever reads calls from `response.done` runs other ones than whoever reads them from the stream.",
        f"Take the output of `response.done` for the truth. {_SERVER}",
        _HELD,
    ),
    "R11": Page(
        "item-not-mirrored",
        "A client that keeps the conversation by `conversation.item.added` misses an answer, or has one too many.",
        f"Add the items of answers to the conversation yourself. {_SERVER}",
        _HELD,
    ),
    "R12": Page(
        "item-done-late",
        "Clients that save an item when the conversation says it is done save it late or never.",
        "Take `response.output_item.done` for the end of an item.",
        "It held in 33 of 33 items of OpenAI's and Azure's in GA's shape; others do not send the event.",
    ),
    "R13": Page(
        "delta-outside-its-part",
        "A piece of text or sound that comes outside its content part has no place to go to.",
        f"Make room for a part at its first delta. {_SERVER}",
        _HELD,
    ),
    "R14": Page(
        "stream-not-closed",
        "Players and transcripts that wait for the stream's `done` stay open.",
        f"Close what is open at `response.done`. {_SERVER}",
        _HELD,
    ),
    "R15": Page(
        "deltas-do-not-add-up",
        "What the user read as it came is not what was said in the end; pieces were lost, doubled or changed.",
        f"Replace what was streamed by what `done` says. Look for a gateway that drops pieces. {_SERVER}",
        _HELD,
    ),
    "R16": Page(
        "transcript-done-first",
        "Little: the words of an answer were whole before its sound.",
        "Do not take the end of the transcript for the end of the sound.",
        "It held in 13 of 13 answers of OpenAI's and Azure's, and in none of xAI's, where it is not looked for.",
    ),
    "R17": Page(
        "two-transcripts",
        "Two places of one answer say two things; one of them is shown, the other stored.",
        f"Take the part's transcript. {_SERVER}",
        "It held in 13 of 13 answers of OpenAI's and Azure's.",
    ),
    "R18": Page(
        "two-responses-at-once",
        "Two answers in one conversation speak over each other, and the second does not know of the first.",
        f"Play one answer at a time, and cancel the other. {_SERVER}",
        _HELD,
    ),
    "R19": Page(
        "item-misplaced",
        "A client that builds the conversation by `previous_item_id` shows an item twice, or cannot place it.",
        f"Place an item at the end where the one before it is not known. {_SERVER}",
        _HELD,
    ),
    "R21": Page(
        "item-before-commit",
        "Clients tie speech to its item when it is committed; an item that is there before looks like a written one.",
        _SERVER,
        "It held in 8 of 8 turns of OpenAI's and Azure's; xAI does otherwise, and is not looked at.",
    ),
    "R22": Page(
        "speech-events-unpaired",
        "An indicator that shows the user speaking stays on, and the length of the turn cannot be told.",
        f"Take a commit for the end of speech as well. {_SERVER}",
        _HELD,
    ),
    "R23": Page(
        "transcript-before-commit",
        "A transcript that is whole before its turn belongs to an item the client does not know yet.",
        "Keep transcripts by item id until the item comes.",
        "It held in 7 of 7 turns of OpenAI's and Azure's; xAI does otherwise, and is not looked at.",
    ),
    "R25": Page(
        "rate-limits-not-next",
        "Nothing, unless a client waits for the limits before it goes on.",
        "Take `rate_limits.updated` whenever it comes, or does not.",
        "It held in 7 of 7 answers of OpenAI's in GA's shape; Azure does not send the event.",
    ),
    "R26": Page(
        "rate-limits-absent",
        "A client that slows down by these limits does not hear of them.",
        "Do not wait for them before the next answer.",
        "It held in 5 of 6 answers of OpenAI's.",
    ),
    "R27": Page(
        "usage-does-not-add-up",
        "Prices reckoned by kind of token and by total come out different.",
        f"Reckon by the parts, and compare with the bill. {_SERVER}",
        "It held in 38 of 38 answers with usage, of OpenAI's, Azure's and Azure Voice Live.",
    ),
}
