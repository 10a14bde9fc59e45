"""The sample recordings: what is committed is what `recordings/make.py` makes, and each is what it says it is."""

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from recordings.call import KEY
from recordings.make import FOLDER, STORIES, Story, record
from rtdebug.recording.library import find, summarize
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.verify import verify

NAMES = [story.name for story in STORIES]
WHOLE = [story.name for story in STORIES if not story.killed]
LARGEST = 900_000
LARGEST_IN_ALL = 4_500_000
ROOT = FOLDER.parent


def sizes(folder: Path) -> list[int]:
    return [path.stat().st_size for path in folder.iterdir()]


@pytest.mark.parametrize("story", STORIES, ids=NAMES)
def test_made_again_it_is_the_same_to_the_byte(story: Story, tmp_path: Path) -> None:
    made = record(story, tmp_path)
    committed = FOLDER / story.name
    assert sorted(path.name for path in committed.iterdir()) == sorted(path.name for path in made.iterdir())
    for path in made.iterdir():
        assert path.read_bytes() == (committed / path.name).read_bytes(), path.name


@pytest.mark.parametrize("name", WHOLE)
def test_every_message_of_it_is_exact(name: str) -> None:
    verdict = verify(FOLDER / name)
    assert verdict.clean, verdict.problems
    assert verdict.exact == verdict.messages > 0


def test_the_killed_one_says_what_is_missing() -> None:
    verdict = verify(FOLDER / "killed")
    assert not verdict.clean
    assert verdict.exact == verdict.messages > 100
    lines = (FOLDER / "killed" / "events.jsonl").read_bytes().count(b"\n")
    assert verdict.problems == [
        f"line {lines + 1} is cut off",
        f"no end: it was cut off after entry {lines}, or is still being written",
    ]


def test_the_killed_one_has_more_samples_than_its_wav_headers_say() -> None:
    for track in ("client.wav", "server.wav"):
        data = (FOLDER / "killed" / track).read_bytes()
        stated = int.from_bytes(data[4:8], "little") + 8
        assert 0 < stated < len(data)


def test_ls_lists_them_in_its_default_folder() -> None:
    command = [sys.executable, "-m", "rtdebug", "ls"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=True)
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.strip()}
    assert set(NAMES) <= listed
    assert not {"README.md", "make.py", "call.py", "__pycache__"} & listed


def test_a_list_has_them_all_with_their_endings() -> None:
    endings = {path.name: summarize(path).ending for path in find(FOLDER) if path.name in NAMES}
    assert endings == dict.fromkeys(WHOLE, "client closed 1000") | {"killed": "cut off"}


@pytest.mark.parametrize(
    ("name", "responses"),
    [
        ("text-turn", {"completed": 1}),
        ("audio-turn", {"completed": 1}),
        ("vad-conversation", {"completed": 2}),
        ("barge-in", {"cancelled": 1, "completed": 1}),
        ("client-cancel", {"cancelled": 1, "completed": 1}),
        ("tool-call", {"completed": 2}),
        ("max-output-tokens", {"incomplete": 1}),
        ("out-of-band", {"completed": 2}),
        ("error", {"completed": 1}),
        ("refused-update", {"completed": 1}),
        ("g711", {"completed": 3}),
        ("content-filter", {"incomplete": 1, "completed": 1}),
        ("failed", {"failed": 1, "completed": 1}),
        ("parallel-calls", {"completed": 2}),
        ("beta", {"completed": 1}),
        ("transcription-only", {}),
    ],
)
def test_its_responses_end_as_the_story_goes(name: str, responses: dict[str, int]) -> None:
    totals = summarize(FOLDER / name).totals
    assert totals["responses"] == responses
    assert totals["errors"] == {"error": 4, "refused-update": 2}.get(name, 0)


@pytest.mark.parametrize("name", NAMES)
def test_its_entries_are_those_of_a_live_call(name: str) -> None:
    with RecordingReader(FOLDER / name) as reader:
        entries = list(reader.entries())
    kinds = [entry.kind for entry in entries]
    assert kinds[:2] == ["opened", "message"]
    assert [entry.at_ns for entry in entries] == sorted(entry.at_ns for entry in entries)
    if name != "killed":
        assert kinds[-5:] == ["close", "close", "closed", "closed", "end"]
    assert kinds.count("ping") == kinds.count("pong") == (name == "g711")


def test_the_microphone_is_sent_as_it_is_spoken() -> None:
    with RecordingReader(FOLDER / "vad-conversation") as reader:
        chunks = [entry for entry in reader.entries() if entry.audio and entry.sender == "client"]
    assert {chunk.audio.frames for chunk in chunks if chunk.audio} == {480}
    gaps_ms = [(late.at_ns - early.at_ns) / 1e6 for early, late in pairwise(chunks)]
    assert all(18 < gap < 22 for gap in gaps_ms)


def test_no_secret_is_in_any() -> None:
    for name in NAMES:
        data = (FOLDER / name / "events.jsonl").read_bytes()
        assert KEY.encode() not in data
        assert not re.search(rb"\b(?:sk-|ek_)\w", data)
        assert b"Authorization: Bearer [redacted]" in data


def test_they_are_small() -> None:
    for name in NAMES:
        assert sum(sizes(FOLDER / name)) < LARGEST
    assert sum(size for name in NAMES for size in sizes(FOLDER / name)) < LARGEST_IN_ALL


def test_each_has_its_line_in_the_readme() -> None:
    rows = (FOLDER / "README.md").read_text().splitlines()
    for story in STORIES:
        assert any(row.startswith(f"| `{story.name}` | {story.tells} | ") for row in rows), story.name
    assert sum(row.startswith("| `") for row in rows) == len(STORIES)


@pytest.mark.skipif(not (ROOT / ".gitignore").is_file(), reason="no checkout")
def test_git_keeps_the_samples_and_nothing_else() -> None:
    kept = {line for line in (ROOT / ".gitignore").read_text().splitlines() if line.startswith("!/recordings/")}
    others = {"!/recordings/README.md", "!/recordings/*.py"}
    assert kept == others | {f"!/recordings/{name}/" for name in NAMES}
