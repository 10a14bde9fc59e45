"""The server of a replay: many clients, many recordings, refusals, plain HTTP, and a thread to run it in."""

import asyncio
import json
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from rtdebug.errors import RecordingError
from rtdebug.opening import open_session
from rtdebug.proxy.service import ProxyOptions, running_proxy
from rtdebug.recording.library import find
from rtdebug.replay.policy import Policy, Strictness
from rtdebug.replay.server import ReplayServer
from rtdebug.replay.shelf import HEADER
from rtdebug.replay.terms import Terms
from rtdebug.simulator.http import Answer
from rtdebug.simulator.server import Simulator

from .actor import RECORDINGS, actor, played
from .importing import imported
from .replaying import ReplayThread

TERMS = Terms(patience_s=20)


async def test_a_hundred_replays_side_by_side_do_not_interfere() -> None:
    names = ["tool-call", "vad-conversation", "text-turn", "parallel-calls"] * 25
    async with ReplayServer([RECORDINGS / name for name in names], terms=TERMS) as server:
        heard = await asyncio.gather(
            *(
                played(RECORDINGS / name, server.ws_url, headers={HEADER: name}, suffix=f"_{number}")
                for number, name in enumerate(names)
            )
        )
        await server.over.wait()
    verdicts = server.verdicts
    assert verdicts.clean, verdicts.text
    assert Counter(one.recording for one in verdicts.connections) == Counter(names)
    sessions = {one.events[0]["session"]["id"] for one in heard}
    assert len(sessions) == len({"tool-call", "vad-conversation", "text-turn", "parallel-calls"}) * 25


async def test_each_play_has_ids_of_its_own() -> None:
    async with ReplayServer([RECORDINGS / "text-turn"], terms=TERMS, loop=True) as server:
        one, other = [await played(RECORDINGS / "text-turn", server.ws_url) for _ in range(2)]
    assert one.types() == other.types()
    assert {event["event_id"] for event in one.events}.isdisjoint(event["event_id"] for event in other.events)
    async with ReplayServer([RECORDINGS / "text-turn"], terms=TERMS) as server:
        again = await played(RECORDINGS / "text-turn", server.ws_url)
    assert [event["event_id"] for event in again.events] == [event["event_id"] for event in one.events]


async def test_a_connection_gets_the_recording_of_its_model_or_the_next_one() -> None:
    async with ReplayServer([RECORDINGS / name for name in ("beta", "text-turn", "tool-call")], terms=TERMS) as server:
        for query in ("?rtdebug=tool-call", "?model=gpt-4o-realtime-preview", ""):
            async with connect(server.ws_url + query) as line:
                await line.recv()
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.ws_url)
        assert refused.value.response.status_code == 409
        assert b"--loop" in (refused.value.response.body or b"")
    assert [one.recording for one in server.verdicts.connections] == ["tool-call", "beta", "text-turn", ""]
    assert not server.verdicts.clean


async def test_what_nobody_asked_for_is_told() -> None:
    async with ReplayServer([RECORDINGS / "text-turn"]) as server:
        pass
    assert not server.verdicts.clean
    assert server.verdicts.text == "text-turn: nobody connected"


async def test_pages_of_other_sites_get_nothing() -> None:
    async with ReplayServer([RECORDINGS / "text-turn"]) as server:
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.ws_url, additional_headers={"Origin": "https://evil.example"})
        assert refused.value.response.status_code == 403
        assert not server.verdicts.connections


async def test_a_refusal_is_refused_again(tmp_path: Path) -> None:
    body = b'{"error": {"message": "slow down"}}'
    refusal = Answer(429, {"content-type": "application/json", "retry-after": "7"}, body)
    async with Simulator(refuse=refusal) as simulator:
        options = ProxyOptions(upstream=simulator.url, listen="127.0.0.1:0", out=tmp_path)
        async with running_proxy(options) as proxy:
            with pytest.raises(InvalidStatus):
                await connect(f"{proxy.base_url.replace('http', 'ws', 1)}/realtime")
    async with ReplayServer(find(tmp_path)) as server:
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.ws_url)
        await server.over.wait()
    response = refused.value.response
    assert (response.status_code, response.headers["retry-after"], response.body) == (429, "7", body)
    assert server.verdicts.clean
    assert server.verdicts.connections[0].ending == "refused 429, as recorded"


async def test_a_close_at_once_is_closed_again(tmp_path: Path) -> None:
    from rtdebug.simulator.options import Options

    async with Simulator(options=Options(require_key="sk-good")) as simulator:
        options = ProxyOptions(upstream=simulator.url, listen="127.0.0.1:0", out=tmp_path)
        async with running_proxy(options) as proxy:
            url = f"{proxy.base_url.replace('http', 'ws', 1)}/realtime?model=gpt-realtime"
            async with connect(url, additional_headers={"Authorization": "Bearer sk-bad"}) as line:
                await line.recv()
                await line.wait_closed()
    (path,) = find(tmp_path)
    async with ReplayServer([path]) as server:
        heard = await played(path, server.ws_url)
    assert (heard.types(), heard.code) == (["error"], 3000)
    assert heard.reason == "invalid_request_error.invalid_api_key"
    assert server.verdicts.clean, server.verdicts.text


async def test_plain_http_is_answered_as_it_was(tmp_path: Path) -> None:
    def post(base_url: str) -> dict[str, object]:
        asked = urllib.request.Request(f"{base_url}/realtime/client_secrets", b"{}", {"Authorization": "Bearer sk-x"})
        with urllib.request.urlopen(asked) as answer:
            return dict(json.load(answer))

    async with Simulator() as simulator:
        options = ProxyOptions(upstream=simulator.url, listen="127.0.0.1:0", out=tmp_path)
        async with running_proxy(options) as proxy:
            recorded = await asyncio.to_thread(post, proxy.base_url)
    async with ReplayServer([*find(tmp_path), RECORDINGS / "text-turn"]) as server:
        told = await asyncio.to_thread(post, server.base_url)
        with pytest.raises(urllib.error.HTTPError) as missing:
            await asyncio.to_thread(urllib.request.urlopen, f"{server.base_url}/models")
        assert "POST /v1/realtime/client_secrets" in missing.value.read().decode()
        missing.value.close()
    assert told.keys() == recorded.keys()
    assert str(told["value"]).startswith("ek_")
    assert told["value"] != recorded["value"]
    assert abs(int(str(told["expires_at"])) - int(str(recorded["expires_at"]))) < 60


async def test_a_play_can_be_recorded_and_folded(tmp_path: Path) -> None:
    path = RECORDINGS / "vad-conversation"
    async with ReplayServer([path], terms=TERMS, out=tmp_path) as server:
        await played(path, server.ws_url)
    (verdict,) = server.verdicts.connections
    assert verdict.folder is not None
    again, before = open_session(verdict.folder), open_session(path)
    assert not again.problems
    assert [one.status for one in again.session.responses.values()] == [
        one.status for one in before.session.responses.values()
    ]
    assert verdict.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("strictness", ["semantic", "strict"])
async def test_a_replay_minds_the_model(strictness: Strictness) -> None:
    path = RECORDINGS / "text-turn"
    terms = Terms(policy=Policy(strictness))
    async with ReplayServer([path], terms=terms) as server, connect(f"{server.ws_url}?model=gpt-realtime-9") as line:
        await line.recv()
        (under_way,) = server.verdicts.connections
        assert not under_way.clean
    (verdict,) = server.verdicts.connections
    first = verdict.mismatches[0]
    assert first.what.startswith("the client asked for gpt-realtime-9; the recording has gpt-realtime-2.1.")
    assert verdict.text.count(first.what) == 1


@pytest.mark.parametrize(
    ("policy", "query"),
    [
        (Policy("loose"), "?model=gpt-realtime-9"),
        (Policy(ignored=frozenset({"url.model"})), "?model=gpt-realtime-9"),
        (Policy("strict", frozenset({"url.model"})), "?model=gpt-realtime-9"),
        (Policy(), "?model=gpt-realtime-2.1"),
        (Policy(), ""),
    ],
)
async def test_a_model_that_may_be_asked_for(policy: Policy, query: str) -> None:
    path = RECORDINGS / "text-turn"
    async with ReplayServer([path], terms=Terms(policy=policy)) as server:
        await played(path, f"{server.ws_url}{query}")
    assert server.verdicts.clean, server.verdicts.text


@pytest.mark.parametrize("strictness", ["semantic", "strict"])
async def test_an_imported_call_is_played_to_any_model(tmp_path: Path, strictness: Strictness) -> None:
    path = imported(RECORDINGS / "text-turn", tmp_path)
    async with ReplayServer([path], terms=Terms(policy=Policy(strictness))) as server:
        await played(path, f"{server.ws_url}?model=gpt-realtime-9")
    assert server.verdicts.clean, server.verdicts.text
    (verdict,) = server.verdicts.connections
    assert "the client asked for gpt-realtime-9; the recording does not tell what was asked for" in verdict.text


async def test_a_play_that_cannot_be_recorded_is_played(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    async with ReplayServer([RECORDINGS / "text-turn"], out=tmp_path / "taken") as server:
        await played(RECORDINGS / "text-turn", server.ws_url)
    (verdict,) = server.verdicts.connections
    assert verdict.clean
    assert verdict.notes == (f"the play could not be recorded in {tmp_path / 'taken'}: Not a directory",)


def test_a_thread_serves_code_without_an_event_loop() -> None:
    path = RECORDINGS / "tool-call"
    with ReplayThread([path], terms=TERMS) as replay:
        asyncio.run(played(path, replay.ws_url))
        verdicts = replay.settle()
    assert verdicts.clean, verdicts.text
    assert [event.type for event in verdicts.connections[0].sent] == [
        "session.update",
        "conversation.item.create",
        "response.create",
        "conversation.item.create",
        "response.create",
    ]


def test_a_thread_that_cannot_listen_says_so_where_it_was_asked() -> None:
    with ReplayThread([RECORDINGS / "text-turn"]) as replay:
        port = int(replay.base_url.split(":")[2].split("/")[0])
        with pytest.raises(OSError), ReplayThread([RECORDINGS / "text-turn"], port=port):
            pass


def test_what_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no recording, and none in it"):
        ReplayServer([tmp_path])


async def test_a_folder_is_all_recordings_in_it() -> None:
    server = ReplayServer([RECORDINGS])
    async with server:
        pass
    assert [script.name for script in server.scripts] == sorted(script.name for script in server.scripts)
    async with actor(RECORDINGS / "text-turn") as one:
        assert one.recorded.script.name in {script.name for script in server.scripts}


async def test_a_head_request_gets_a_head() -> None:
    async with ReplayServer([RECORDINGS / "text-turn"]) as server:
        host, _, port = server.address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HEAD /v1/models HTTP/1.1\r\nHost: a\r\n\r\n")
        told = await reader.read()
        writer.close()
    assert told.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert told.endswith(b"\r\n\r\n")
