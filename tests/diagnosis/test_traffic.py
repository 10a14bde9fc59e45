from .orderly import FIRST, orderly, traffic


def test_events_are_found_by_their_types_in_order() -> None:
    seen = traffic(orderly().lines)
    ends = seen.of("response.done", "response.created")
    assert [event.type.rpartition(".")[2] for event in ends] == [
        "created",
        "done",
        "created",
        "created",
        "done",
        "done",
    ]
    assert [event.seq for event in ends] == sorted(event.seq for event in ends)
    assert seen.of("response.no_such_thing") == []


def test_a_response_has_its_events_its_end_and_its_conversation() -> None:
    seen = traffic(orderly().lines)
    assert [(stream.id, stream.in_conversation) for stream in seen.streams.values()] == [
        ("resp_1", True),
        ("resp_2", True),
        ("resp_3", False),
    ]
    first = seen.streams["resp_1"]
    assert first.created is first.events[0]
    assert first.done is first.events[-1]
    assert first.ended["status"] == "completed"


def test_the_next_event_is_the_servers_next() -> None:
    session = orderly()
    session.lines.insert(1, ("client", {"type": "session.update"}))
    seen = traffic(session.lines)
    behind = seen.after(seen.server[0])
    assert behind is not None
    assert behind.type == "input_audio_buffer.speech_started"
    assert seen.after(seen.server[-1]) is None


def test_what_the_client_says_between_two_events_is_found() -> None:
    session = orderly()
    session.lines.insert(5, ("client", {"type": "response.cancel"}))
    seen = traffic(session.lines)
    before, after = (event for event in seen.server if event.seq in (4 + FIRST, 6 + FIRST))
    assert seen.client_says(("response.cancel",), before, after)
    assert not seen.client_says(("response.create",), before, after)
    assert not seen.client_says(("response.cancel",), after, before)


def test_messages_that_are_no_events_are_left_out() -> None:
    assert traffic([("server", {"words": "no type"})]).events == []
    assert not traffic([]).is_sideband


def test_a_session_that_was_begun_elsewhere_is_a_sideband() -> None:
    lines = orderly().lines
    assert not traffic(lines).is_sideband
    assert traffic(lines[1:]).is_sideband
    assert not traffic(lines[1:], is_sideband=False).is_sideband
