"""Tool calls that are not answered, or answered at the wrong time (RT13x)."""

from benchmarks.corpus.good import FIRST, YES, Good
from benchmarks.corpus.planting import edited, held
from benchmarks.corpus.take import Json, Take
from recordings.call import Call
from rtdebug.simulator.script import Script, ToolCall
from rtdebug.simulator.script_reply import Reply
from rtdebug.simulator.script_rule import Rule, When

_TOOL: Json = {
    "type": "function",
    "name": "book_seat",
    "description": "Book a seat on a train.",
    "parameters": {"type": "object", "properties": {"train": {"type": "string"}}},
}
_CALLS = Script(
    rules=(
        Rule(When(turn=1), Reply(calls=(ToolCall("book_seat", '{"train": "10:15"}'),), then=FIRST.reply)),
        Rule(When(), Reply(say=YES.reply, then=FIRST.reply)),
    )
)


def _asked(call: Call) -> Json:
    """Bring the model to call a tool; return the call."""
    call.configure(tools=[_TOOL], tool_choice="auto")
    call.write(FIRST)
    call.send("response.create")
    asked: Json = call.hear_out()["output"][-1]
    return asked


def _answer(call: Call, asked: Json, after_ms: float, *, goes_on: bool = True) -> None:
    call.wait(after_ms)
    output = {"type": "function_call_output", "call_id": asked["call_id"], "output": '{"seat": "14A"}'}
    call.send("conversation.item.create", item=output)
    if goes_on:
        call.send("response.create")
        call.hear_out()


def _unanswered(call: Call) -> None:
    _asked(call)
    call.wait(12000 + call.level * 100)  # type: ignore[attr-defined]
    call.send("input_audio_buffer.clear")
    call.wait(100)


def _no_response(call: Call) -> None:
    _answer(call, _asked(call), 300, goes_on=False)
    call.wait(5000 + call.level * 200)  # type: ignore[attr-defined]
    call.send("input_audio_buffer.clear")
    call.wait(100)


def _slow(call: Call) -> None:
    _answer(call, _asked(call), 6000 + call.level * 100)  # type: ignore[attr-defined]


def _speaks_before(call: Call) -> None:
    asked = _asked(call)
    call.write(YES)
    call.send("response.create")
    call.hear_out()
    _answer(call, asked, 200)


def _early(take: Take) -> None:
    """Let the result be sent before the calling response is done."""
    create = next(
        line for line in take.find("conversation.item.create") if line.event["item"]["type"] == "function_call_output"
    )
    done = take.find("response.done")[0]
    made = [
        line
        for line in take.find("conversation.item.added", "conversation.item.done")
        if line.event["item"].get("type") == "function_call_output"
    ]
    args = take.find("response.function_call_arguments.done")[0]
    for line in [create, *made]:
        line.ms = args.ms + (done.ms - args.ms) * 0.1
    take.sort()
    at = take.lines.index(done)
    for line in [create, *made]:
        if take.lines.index(line) > at:
            take.drop([line])
            take.put(line, before=done)


def _mismatch(take: Take) -> None:
    """Let the result name a call that nobody made."""
    wrong = f"call_{take.random.getrandbits(40):x}"
    for line in take.find("conversation.item.create", "conversation.item.added", "conversation.item.done"):
        item = line.event["item"]
        if item.get("type") == "function_call_output":
            line.event = {**line.event, "item": {**item, "call_id": wrong}}


PLANTERS = (
    held("RT130", Good("tool-unanswered", _unanswered, _CALLS), "RT133"),
    edited("RT131", "tool-call", _early, "RT912 RT907 RT919"),
    held("RT132", Good("speaks-before", _speaks_before, _CALLS), "RT130"),
    held("RT133", Good("no-response", _no_response, _CALLS)),
    edited("RT134", "tool-call parallel-calls", _mismatch, "RT133"),
    held("RT135", Good("slow-tool", _slow, _CALLS), "RT190"),
)
