"""Sessions of real services, as their tests recorded them: without times, their audio cut short."""

import json
from pathlib import Path

import pytest

from tests.protocol.shared import REAL, needs_real

from .logs import import_bytes

pytestmark = needs_real


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_every_event_comes_through_in_order(path: Path, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    made = import_bytes(path.read_bytes(), tmp_path, path.name)
    assert made.survey.misread == 0
    assert [(sender, json.loads(text)) for sender, text in made.said] == [
        (line["from"], line["event"]) for line in lines
    ]
    assert "times" in made.header.lacks
    assert ("audio" in made.header.lacks) is any(side.pieces for side in made.survey.audio.values())


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_events_alone_tell_who_sent_them(path: Path, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    made = import_bytes("\n".join(json.dumps(line["event"]) for line in lines).encode(), tmp_path)
    assert [sender for sender, _ in made.said] == [line["from"] for line in lines]
