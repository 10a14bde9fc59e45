import pytest

from rtdebug.tui.call.seen import Said
from rtdebug.tui.cells import cells, text_of
from rtdebug.tui.pages.events import Columns, Sight, family, row, shortened, stamp

TIMES = "\N{MULTIPLICATION SIGN}"


def sight(**told: object) -> Sight:
    values = {
        "seq": 503,
        "at_ns": 36_672_000_000,
        "sender": "server",
        "name": "response.done",
        "type": "response.done",
        "count": 1,
        "sign": "",
        "said": Said("cancelled"),
    }
    return Sight(**{**values, **told})  # type: ignore[arg-type]


def drawn(seen: Sight, width: int = 80) -> str:
    return text_of(row(seen, Columns.of(width, 40, 60_000_000_000, 600)))


@pytest.mark.parametrize(
    ("at_ns", "words"),
    [
        (None, "-"),
        (0, "0.000"),
        (36_672_400_000, "36.672"),
        (64_205_000_000, "1:04.205"),
        (59_999_600_000, "1:00.000"),
        (3_725_120_000_000, "1:02:05.120"),
    ],
)
def test_a_moment_is_written_to_the_millisecond(at_ns: int | None, words: str) -> None:
    assert stamp(at_ns) == words


def test_a_row_says_when_who_what_and_what_of() -> None:
    assert drawn(sight()).split() == ["36.672", "▼", "response.done", "cancelled"]


def test_a_run_says_how_many_and_how_long() -> None:
    seen = sight(
        name="response.output_audio.delta", count=42, sign="▸", said=Said(length_ns=4_200_000_000), is_delta=True
    )
    assert drawn(seen).split() == ["36.672", "▼", "response.output_audio.delta", f"▸{TIMES}42", "4.2", "s"]


def test_signs_say_what_colours_say() -> None:
    assert "▲" in drawn(sight(sender="client"))
    assert "·" in drawn(sight(sender=None, name="gap", type=""))
    assert "▼!" in drawn(sight(has_problem=True))
    assert drawn(sight(is_match=True)).startswith("\u203a")
    assert "│ response.done" in drawn(sight(is_member=True))


def test_numbers_of_entries_show_where_there_is_room() -> None:
    assert "#503" in drawn(sight(), 120)
    assert "#503" not in drawn(sight(), 99)


@pytest.mark.parametrize("width", [40, 60, 78, 99, 100, 120, 200])
def test_a_row_keeps_to_its_width(width: int) -> None:
    seen = sight(
        name="conversation.item.input_audio_transcription.completed", said=Said("日本語 words " * 40, 120_000_000)
    )
    assert cells(row(seen, Columns.of(width, 53, 4_000_000_000_000, 210_000))) <= width


def test_what_comes_after_the_playhead_is_dim() -> None:
    assert {style for _, style in row(sight(is_ahead=True), Columns.of(80, 40, 1, 1))} == {"faint"}


@pytest.mark.parametrize(
    ("name", "room", "short"),
    [
        ("response.done", 13, "response.done"),
        ("response.output_item.added", 24, "resp.output_item.added"),
        ("input_audio_buffer.speech_started", 28, "input_audio.speech_started"),
        ("conversation.item.input_audio_transcription.delta", 28, "conv.…io_transcription.delta"),
        ("error_without_a_dot_that_is_long", 10, "…t_is_long"),
    ],
)
def test_a_long_type_keeps_its_beginning_and_its_end(name: str, room: int, short: str) -> None:
    assert shortened(name, room) == short


def test_the_end_of_a_response_has_the_colour_of_how_it_ended() -> None:
    assert [family(sight(status=status)) for status in ("completed", "cancelled", "failed", "odd")] == [
        "good",
        "warn",
        "bad",
        "label",
    ]


def test_a_name_from_the_wire_is_harmless() -> None:
    line = drawn(sight(name="\x1b[31mevil\u202e[b]", type="x"))
    assert "\x1b" not in line and "\u202e" not in line
