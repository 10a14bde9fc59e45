import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.tui.call.query import Query, Term, parse


def term(text: str) -> Term:
    query = parse(text)
    assert query.problem is None
    (only,) = query.terms
    return only


def problem(text: str) -> tuple[str, int, int]:
    found = parse(text).problem
    assert found is not None
    assert parse(text).is_empty
    return found.words, found.start, found.end


@pytest.mark.parametrize(
    ("text", "field", "values", "is_not"),
    [
        ("type:response.*", "type", ("response.*",), False),
        ("-delta", "word", ("delta",), True),
        ("resp:resp_12", "resp", ("resp_12",), False),
        ("response:resp_12", "resp", ("resp_12",), False),
        ("item:Item_A", "item", ("item_a",), False),
        ("-from:client", "from", ("client",), True),
        ("status:cancelled,failed", "status", ("cancelled", "failed"), False),
        ('text:"hello, world"', "text", ("hello, world",), False),
        ('"hello world"', "text", ("hello world",), False),
        (r'text:"say \"hi\""', "text", ('say "hi"',), False),
        ("has:problem", "has", ("problem",), False),
        ("TYPE:Error", "type", ("error",), False),
        ("émile", "word", ("émile",), False),
    ],
)
def test_a_term_is_read(text: str, field: str, values: tuple[str, ...], is_not: bool) -> None:
    assert term(text) == Term(field, values, is_not)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("seq:100-200", ((100, 200),)),
        ("seq:#7", ((7, 7),)),
        ("seq:100-", ((100, 1 << 62),)),
        ("seq:-9,20", ((0, 9), (20, 20))),
        ("at:12.5-14", ((12_500_000_000, 15_000_000_000),)),
        ("at:12.5", ((12_500_000_000, 12_600_000_000),)),
        ("at:1:05", ((65_000_000_000, 66_000_000_000),)),
        ("at:1:00:00.250-", ((3_600_250_000_000, 1 << 62),)),
    ],
)
def test_numbers_and_moments_are_spans(text: str, spans: tuple[tuple[int, int], ...]) -> None:
    assert term(text).spans == spans


def test_terms_stand_side_by_side() -> None:
    terms = parse('type:response.*  -delta\tfrom:server "a b"').terms
    assert [(one.field, one.is_not) for one in terms] == [
        ("type", False),
        ("word", True),
        ("from", False),
        ("text", False),
    ]


def test_nothing_lets_everything_through() -> None:
    assert parse("") == Query("")
    assert parse("  ").is_empty


@pytest.mark.parametrize(
    ("text", "words", "start", "end"),
    [
        ("-delta tipe:x", "there is no tipe: here, did you mean type:", 7, 13),
        ("http://x", "there is no http: here, put quotes around it to find it in the text", 0, 8),
        ("from:me", "from: is one of client, server, other, not me", 0, 7),
        ("has:colour", "has: is one of problem, audio, error, not colour", 0, 10),
        ("type:", "type: needs something after it", 0, 5),
        ("a -", "there is nothing after the -", 2, 3),
        ('text:"open', 'the closing " is missing', 0, 10),
        ("seq:x", "seq: is a number or two, as in seq:100-200, not x", 0, 5),
        ("seq:9-3", "seq: ends before it begins (9-3)", 0, 7),
        ("at:soon", "at: is seconds or minutes:seconds, as in at:12.5-14 or at:1:05, not soon", 0, 7),
        ("at:5-2", "at: ends before it begins (5-2)", 0, 6),
        ("x" * 1001, "that is longer than 1000 characters", 1000, 1001),
    ],
)
def test_what_cannot_be_understood_is_said_with_its_place(text: str, words: str, start: int, end: int) -> None:
    assert problem(text) == (words, start, end)


@given(st.text(max_size=60) | st.text(alphabet='type:seqat-",\\ 019.*', max_size=60))
def test_it_never_raises(text: str) -> None:
    query = parse(text)
    assert query.problem is None or (not query.terms and query.problem.words)
