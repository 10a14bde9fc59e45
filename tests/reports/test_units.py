import pytest

from rtdebug.reports.units import count, duration, plain, statuses


@pytest.mark.parametrize(
    ("nanoseconds", "words"),
    [
        (0, "0.00 s"),
        (412_000_000, "0.41 s"),
        (48_240_000_000, "48.2 s"),
        (187_000_000_000, "3:07"),
        (3_725_000_000_000, "1:02:05"),
    ],
)
def test_a_duration_reads_well_at_every_length(nanoseconds: int, words: str) -> None:
    assert duration(nanoseconds) == words


def test_a_count_agrees_with_its_noun() -> None:
    assert [count(1, "event"), count(1204, "event"), count(2, "reply", "replies")] == [
        "1 event",
        "1,204 events",
        "2 replies",
    ]


def test_statuses_have_a_sign_beside_the_word() -> None:
    assert statuses({"completed": 2, "cancelled": 1}) == "1 ✕ cancelled, 2 ✔ completed"
    assert statuses({}) == "no responses"
    assert statuses({"\x1b[31mred": 1}) == "1 · ·[31mred"


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\u202eright to left", "a\u200bb", "\x9b31m", "\ud800", "\u2028"])
def test_nothing_from_the_wire_reaches_the_terminal_as_a_command(hostile: str) -> None:
    assert (
        plain(f"<{hostile}>")
        == "<" + "".join(char if char.isascii() and char.isprintable() else "·" for char in hostile) + ">"
    )
