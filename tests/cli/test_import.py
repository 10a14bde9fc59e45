import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rtdebug.recording.library import find
from rtdebug.wire.messages import Message

from .terminal import CREATED, DONE, Recorded, append, on_terminal, rtdebug

ODD = [b'{"type":"x",\n "a": NaN}', b"", b"close", b"[1]", b'{"a":"\\ud800"}', "é".encode()]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "call one.log"
    path.write_bytes(b"\n".join([CREATED, b"garbage", append(bytes(960)), DONE, b'{"type": "resp']))
    return path


def test_a_log_becomes_a_recording_that_every_command_reads(log: Path, tmp_path: Path) -> None:
    done = rtdebug("import", log, "-o", tmp_path / "out")
    assert done.status == 0
    [folder] = find(tmp_path / "out")
    assert done.text == f"{folder}\n"
    assert folder.name == "sess_C9G5"
    assert "3 messages, read as bare events" in done.talk
    assert "line 2 was left out: no JSON in it" in done.talk
    assert "line 5 was left out: it is cut off" in done.talk
    assert "no times" in done.talk
    assert rtdebug("verify", folder).status == 0
    assert rtdebug("cat", folder).out == b"".join(line + b"\n" for line in (CREATED, append(bytes(960)), DONE))
    row = next(line for line in rtdebug("ls", tmp_path / "out").text.splitlines() if folder.name in line)
    assert row.split()[:4] == ["sess_C9G5", "-", "-", "gpt-realtime"]
    assert row.split()[-5:] == ["imported", "call", "one.log", "(bare", "events)"]
    [listed] = map(json.loads, rtdebug("ls", tmp_path / "out", "--json").text.splitlines())
    assert (listed["started"], listed["lacks"]) == (None, ["times"])
    assert listed["source"] == "call one.log (bare events)"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_cat_prints_comes_back_to_the_byte(tmp_path: Path) -> None:
    made = Recorded(tmp_path / "rec").call()
    for odd in ODD:
        made.say("client", odd)
    made.say("server", Message(3_000_000_007, True, b"\x00\xff\n", 1, False))
    told = rtdebug("cat", made.end(), "--json")
    (tmp_path / "told.jsonl").write_bytes(told.out)
    done = rtdebug("import", tmp_path / "told.jsonl", "-o", tmp_path / "out")
    [folder] = find(tmp_path / "out")
    assert done.text == f"{folder}\n"
    assert rtdebug("verify", folder).status == 0

    def kept(out: bytes) -> list[dict[str, object]]:
        lines = [json.loads(line) for line in out.splitlines()]
        return [{key: line[key] for key in line if key != "seq"} for line in lines]

    again = rtdebug("cat", folder, "--json").out
    assert [line.get("text", line.get("base64")) for line in kept(again)] == [
        line.get("text", line.get("base64")) for line in kept(told.out)
    ]
    assert [line["from"] for line in kept(again)] == [line["from"] for line in kept(told.out)]
    times = [int(str(line["at_ns"])) for line in kept(told.out)]
    assert [line["at_ns"] for line in kept(again)] == [max(times[: n + 1]) for n in range(len(times))]
    assert "read as rtdebug cat --json" in done.talk


def test_standard_input_and_several_files_are_read(log: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "rtdebug", "import", "-", str(log), "-o", str(tmp_path / "out")]
    done = subprocess.run(words, input=log.read_bytes(), capture_output=True, timeout=60)
    assert done.returncode == 0
    names = [Path(line).name for line in done.stdout.decode().splitlines()]
    assert names == ["sess_C9G5", "sess_C9G5-2"]


def test_one_file_that_is_none_does_not_stop_the_others(log: Path, tmp_path: Path) -> None:
    (tmp_path / "diary").write_text("Dear diary")
    done = rtdebug("import", tmp_path / "diary", tmp_path, log, "-o", tmp_path / "out")
    assert done.status == 2
    assert "diary: no Realtime messages in it; it looks like text" in done.talk
    assert "a folder; a recording needs no importing" in done.talk
    assert len(find(tmp_path / "out")) == 1


def test_a_file_that_is_not_there_is_refused() -> None:
    done = rtdebug("import", "nowhere.jsonl")
    assert done.status == 2
    assert "Traceback" not in done.talk


def test_more_than_a_few_lines_are_counted(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_bytes(b"garbage\n" * 1007 + CREATED)
    done = rtdebug("import", tmp_path / "x.log", "-o", tmp_path / "out")
    assert done.talk.count("was left out") == 5
    assert "and 1,002 more" in done.talk


def test_hostile_names_and_words_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "\x1b[31mx\u202e.log"
    path.write_bytes(b'{"type":"session.created","session":{"id":"\\u001b[2J../../x"}}\n\x1b[31m')
    done = on_terminal("import", path, "-o", tmp_path / "out")
    assert done.status == 0
    assert not set(done.talk + done.text) & set("\x1b\u202e")
    assert [folder.name for folder in find(tmp_path / "out")] == ["2Jx"]


def created(session_id: str) -> bytes:
    return json.dumps({"type": "session.created", "session": {"id": session_id}}).encode()


def test_each_session_of_a_log_becomes_a_recording(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_bytes(b"\n".join([created("sess_a"), DONE, created("sess_b"), DONE]))
    done = rtdebug("import", tmp_path / "x.log", "-o", tmp_path / "out")
    assert done.text.splitlines() == [str(tmp_path / "out" / name) for name in ("sess_a", "sess_b")]
    assert "2 sessions begin in it, one after the other" in done.talk
    assert f"x.log, session 2 → {tmp_path / 'out' / 'sess_b'}: 2 messages" in done.talk
    assert rtdebug("verify", tmp_path / "out").status == 0


def test_whose_update_is_guessed_is_said(tmp_path: Path) -> None:
    update = b'{"type":"session.update","session":{}}'
    (tmp_path / "x.log").write_bytes(b"\n".join([created("sess_a"), update, created("sess_b"), update, DONE]))
    done = rtdebug("import", tmp_path / "x.log", "-o", tmp_path / "out")
    assert "x.log: 1 update not answered before the next session began: whose, was guessed" in done.talk
    assert rtdebug("cat", tmp_path / "out" / "sess_a").out == created("sess_a") + b"\n" + update + b"\n"
    (tmp_path / "x.log").write_bytes(b"\n".join([created("sess_a"), update, DONE, created("sess_b"), update, DONE]))
    assert "was guessed" not in rtdebug("import", tmp_path / "x.log", "-o", tmp_path / "out").talk


def test_the_folder_is_looked_through_once_however_many_sessions_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []

    def counted(path: Path) -> list[Path]:
        looked.append(path)
        return find(path)

    monkeypatch.setattr("rtdebug.recording.library.find", counted)
    (tmp_path / "x.log").write_bytes(b"\n".join(created(f"sess_{number}") for number in range(20)))
    done = rtdebug("import", tmp_path / "x.log", tmp_path / "x.log", "-o", tmp_path / "out")
    assert len(done.text.splitlines()) == 40
    assert looked == [tmp_path / "out"]
    assert done.talk.count("was there before") == 20
    assert "session 3: a recording of this session was there before: sess_2;" in done.talk


@pytest.mark.parametrize("name", ["sess_C9G5-7", "2026-11-20T09-15-02.417Z_sess_C9G5", "x_y_sess_C9G5-2"])
def test_a_recording_of_the_session_is_known_by_its_name(log: Path, tmp_path: Path, name: str) -> None:
    Recorded(tmp_path / "out" / name).call().end()
    done = rtdebug("import", log, "-o", tmp_path / "out")
    assert f"a recording of this session was there before: {name};" in done.talk


def test_sessions_that_cannot_be_told_apart_are_one_recording(tmp_path: Path) -> None:
    going_on = b'{"type":"response.output_text.delta","response_id":"resp_1","delta":"x"}'
    (tmp_path / "x.log").write_bytes(b"\n".join([created("sess_a"), going_on, created("sess_b"), going_on]))
    done = rtdebug("import", tmp_path / "x.log", "-o", tmp_path / "out")
    assert "2 sessions begin in it that cannot be told apart" in done.talk
    assert len(find(tmp_path / "out")) == 1


def test_which_file_became_which_folder_is_said(log: Path, tmp_path: Path) -> None:
    done = rtdebug("import", log, "-o", tmp_path / "out")
    assert f"call one.log → {done.text.strip()}: 3 messages, read as bare events" in done.talk


def test_what_is_imported_again_is_said(log: Path, tmp_path: Path) -> None:
    assert "was there before" not in rtdebug("import", log, "-o", tmp_path / "out").talk
    Recorded(tmp_path / "out" / "2026-11-20T09-15-02.417Z_sess_C9G5x").call().end()
    again = rtdebug("import", log, "-o", tmp_path / "out")
    assert again.status == 0
    assert "a recording of this session was there before: sess_C9G5;" in again.talk
    assert Path(again.text.strip()).name == "sess_C9G5-2"


def test_a_list_names_the_file_of_an_import_where_there_is_room(log: Path, tmp_path: Path) -> None:
    rtdebug("import", log, "-o", tmp_path / "out")
    wide = on_terminal("ls", tmp_path / "out", columns=160, NO_COLOR="1").text
    narrow = on_terminal("ls", tmp_path / "out", columns=100, NO_COLOR="1").text
    assert "source" in wide and "call one.log (bare events)" in wide
    assert "source" not in narrow and "sess_C9G5" in narrow


def test_keys_in_the_environment_are_struck_out(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_bytes(b'{"type":"session.update","note":"a-key-of-no-known-form"}')
    environment = {**os.environ, "AZURE_API_KEY": "a-key-of-no-known-form"}
    rtdebug("import", tmp_path / "x.log", "-o", tmp_path / "out", **environment)
    [folder] = find(tmp_path / "out")
    assert "a-key-of-no-known-form" not in (folder / "events.jsonl").read_text()
