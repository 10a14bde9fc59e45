import json
from pathlib import Path

from .terminal import Recorded, rtdebug


def test_a_whole_recording_is_ok_and_ends_with_0(tmp_path: Path) -> None:
    folder = Recorded(tmp_path / "rec").call().end()
    done = rtdebug("verify", folder)
    assert (done.status, done.talk) == (0, "")
    assert done.text == f"ok  {folder}: 7 of 7 messages exact\n"


def test_one_message_is_said_in_the_singular(tmp_path: Path) -> None:
    folder = Recorded(tmp_path / "rec").say("client", b'{"type":"x"}').end()
    assert "1 of 1 message exact" in rtdebug("verify", folder).text


def test_struck_out_secrets_are_counted_apart_and_are_no_fault(tmp_path: Path) -> None:
    made = Recorded(tmp_path / "rec", secret="a-secret-of-ours").call()
    folder = made.say("client", b'{"type":"x","a":"a-secret-of-ours"}').end()
    done = rtdebug("verify", folder)
    assert done.status == 0
    assert "7 of 8 messages exact, 1 kept without their secrets" in done.text


def test_what_is_missing_is_said_with_its_place_and_ends_with_1(tmp_path: Path) -> None:
    folder = Recorded(tmp_path / "rec").call().end()
    events = folder / "events.jsonl"
    lines = events.read_bytes().splitlines(keepends=True)
    events.write_bytes(b"".join(lines[:4] + lines[5:]))
    wav = bytearray((folder / "client.wav").read_bytes())
    wav[-1] ^= 1
    (folder / "client.wav").write_bytes(wav)
    done = rtdebug("verify", folder)
    assert done.status == 1
    assert done.text.startswith(f"BAD {folder}: 5 of 6 messages exact\n")
    assert "entries 5 to 5 are missing" in done.text
    assert "entry 8: its line or its samples were changed" in done.text


def test_a_cut_recording_and_one_with_a_gap_end_with_1(tmp_path: Path) -> None:
    cut = Recorded(tmp_path / "cut").call().cut()
    gap = Recorded(tmp_path / "gap").call().gap().end()
    assert "cut off after entry 10" in rtdebug("verify", cut).text
    assert "a gap: a message over 64 MiB" in rtdebug("verify", gap).text
    assert rtdebug("verify", cut).status == rtdebug("verify", gap).status == 1


def test_a_folder_of_recordings_is_verified_one_by_one(tmp_path: Path) -> None:
    good = Recorded(tmp_path / "a").call().end()
    bad = Recorded(tmp_path / "b").call().cut()
    done = rtdebug("verify", tmp_path)
    assert done.status == 1
    assert f"ok  {good}" in done.text
    assert f"cut off {bad}: 7 of 7 messages exact\n" in done.text
    assert rtdebug("verify", good, good).status == 0


def test_one_that_is_being_written_is_live_and_exact_as_far_as_it_goes(tmp_path: Path) -> None:
    live = Recorded(tmp_path / "rec").call().flush()
    done, told = rtdebug("verify", tmp_path), json.loads(rtdebug("verify", tmp_path, "--json").text)
    with (live.folder / "client.wav").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\xff")
    changed = rtdebug("verify", tmp_path)
    live.cut()
    assert (done.status, done.text) == (0, f"live {live.folder}: 7 of 7 messages exact so far\n")
    assert (told["clean"], told["live"], told["ended"], told["problems"]) == (True, True, False, [])
    assert changed.status == 1
    assert changed.text.startswith(f"BAD {live.folder}: 6 of 7 messages exact so far\n")
    assert "no end" not in changed.text


def test_one_that_only_lacks_its_end_is_cut_off_and_not_bad(tmp_path: Path) -> None:
    cut = Recorded(tmp_path / "rec").call().cut()
    with (cut / "events.jsonl").open("ab") as file:
        file.write(b'{"seq":11,"at')
    done = rtdebug("verify", cut)
    assert done.status == 1
    assert done.text.startswith(f"cut off {cut}: 7 of 7 messages exact\n    line 11 is cut off\n")
    (cut / "client.wav").unlink()
    assert rtdebug("verify", cut).text.startswith(f"BAD {cut}: 2 of 7")


def test_one_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "events.jsonl").write_text('{"rtdebug":9}\n')
    good = Recorded(tmp_path / "b").call().end()
    done = rtdebug("verify", tmp_path)
    assert done.status == 3
    assert f"ok  {good}" in done.text
    assert "Upgrade rtdebug" in done.talk


def test_json_says_the_same_to_programs(tmp_path: Path) -> None:
    good = Recorded(tmp_path / "a").call().end()
    Recorded(tmp_path / "b").call().cut()
    done = rtdebug("verify", tmp_path, "--json")
    first, second = (json.loads(line) for line in done.text.splitlines())
    assert done.status == 1
    counts = {"messages": 7, "exact": 7, "redacted": 0, "entries": 10}
    assert first == {"recording": str(good), "clean": True, **counts, "ended": True, "live": False, "problems": []}
    assert (second["clean"], second["ended"], len(second["problems"])) == (False, False, 1)
