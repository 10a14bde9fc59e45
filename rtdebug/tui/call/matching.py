"""Which entries a query is about: columns are compared as wholes, only words in the text need the file.

What a term names may come to be known later (an item's response, how a response ends): then all is compared anew.
"""

import time
from collections.abc import Callable, Iterable
from fnmatch import translate
from re import compile as pattern
from typing import Final

import numpy as np

from rtdebug.tui.call.call import Call
from rtdebug.tui.call.columns import Column, Flags, Numbers, part
from rtdebug.tui.call.query import Query, Term
from rtdebug.tui.call.scan import Scan

_A_STEP: Final = 1 << 15
_NORMAL_CODES: Final = (None, 1000, 1001, 1005)
_SENDERS: Final = {"other": 0, "client": 1, "server": 2}
Test = Callable[[int, int], Numbers]
"""Says of the entries from one to another whether a term holds."""


class Matching:
    """The entries of a call that a query is about, as far as they are known."""

    def __init__(self, call: Call, query: Query) -> None:
        """Begin with none; `step` goes on."""
        self.query = query
        self._call = call
        self._mask = Column(np.bool_)
        self._scans: dict[str, Scan] = {}
        self._known: list[frozenset[int]] = []
        self.version = 0
        """Another each time that flags were found, or found anew."""

    @property
    def mask(self) -> Flags:
        """One flag an entry, as far as they have been compared."""
        return self._mask.values

    @property
    def progress(self) -> float:
        """How much of what is there has been compared, 0 to 1."""
        return len(self._mask) / max(1, len(self._call.journal))

    def step(self, budget_ns: int) -> bool:
        """Go on for about so long; say whether anything is left to do."""
        until = time.perf_counter_ns() + budget_ns
        tests, known = self._tests()
        if known != self._known:
            self._known = known
            self._mask.cut(0)
        for scan in self._scans.values():
            scan.step(max(1, until - time.perf_counter_ns()))
        total = len(self._call.journal)
        ready = min((len(scan.hits) for scan in self._scans.values()), default=total)
        while len(self._mask) < ready:
            start = len(self._mask)
            end = min(ready, start + _A_STEP)
            self._mask.extend(self._compare(tests, start, end))
            self.version += 1
            if time.perf_counter_ns() >= until:
                break
        return len(self._mask) < total

    def close(self) -> None:
        """Let go of the file."""
        for scan in self._scans.values():
            scan.close()

    def _compare(self, tests: list[tuple[bool, Test]], start: int, end: int) -> Numbers:
        mask = np.ones(end - start, dtype=np.bool_)
        for is_not, test in tests:
            mask &= test(start, end) ^ is_not
        return mask

    def _tests(self) -> tuple[list[tuple[bool, Test]], list[frozenset[int]]]:
        """Make a test of each term, and say what they rest on that may change."""
        tests, known = [], []
        for term in self.query.terms:
            test, rests_on = _MAKERS[term.field](self, term)
            tests.append((term.is_not, test))
            known += rests_on
        return tests, known

    # One maker a field: a term's test, and the sets of numbers it rests on.

    def _type(self, term: Term) -> "tuple[Test, list[frozenset[int]]]":
        fits = [pattern(translate(value)).match for value in term.values]
        table = [
            any(fit(kind.name.lower()) or fit(kind.type.lower()) for fit in fits)
            for kind in self._call.journal.kind_table
        ]
        return self._of_kind(table), []

    def _word(self, term: Term) -> "tuple[Test, list[frozenset[int]]]":
        names = [kind.name.lower() for kind in self._call.journal.kind_table]
        of_types = [word for word in term.values if any(word in name for name in names)]
        table = [any(word in name for word in of_types) for name in names]
        in_type = self._of_kind(table)
        rest = [self._scan(word) for word in term.values if word not in of_types]
        known = frozenset(number for number, word in enumerate(term.values) if word in of_types)
        return lambda start, end: _any(in_type(start, end), (scan.hits[start:end] for scan in rest)), [known]

    def _text(self, term: Term) -> "tuple[Test, list[frozenset[int]]]":
        scans = [self._scan(value) for value in term.values]
        return lambda start, end: _any(scans[0].hits[start:end].copy(), (s.hits[start:end] for s in scans[1:])), []

    def _from(self, term: Term) -> "tuple[Test, list[frozenset[int]]]":
        wanted = [_SENDERS[value] for value in term.values]
        return lambda start, end: np.isin(part(self._call.journal.flags, start, end) & 3, wanted), []

    def _seq(self, term: Term) -> "tuple[Test, list[frozenset[int]]]":
        return lambda start, end: _within(part(self._call.journal.seqs, start, end), term.spans, 1), []

    def _at(self, term: Term) -> "tuple[Test, list[frozenset[int]]]":
        return lambda start, end: _within(part(self._call.journal.times, start, end), term.spans, 0), []

    def _item(self, term: Term) -> "tuple[Test, list[frozenset[int]]]":
        names = self._call.journal.item_names
        items = _named(names, term.values)
        return lambda start, end: _listed(part(self._call.journal.items, start, end), items, len(names)), [items]

    def _resp(self, term: Term) -> "tuple[Test, list[frozenset[int]]]":
        return self._of_responses(_named(self._call.journal.response_names, term.values))

    def _status(self, term: Term) -> "tuple[Test, list[frozenset[int]]]":
        responses = self._call.session.responses
        ids = (id_ for id_, response in responses.items() if response.status.lower() in term.values)
        numbers = (self._call.journal.response_names.find(id_) for id_ in ids)
        return self._of_responses(frozenset(number for number in numbers if number))

    def _has(self, term: Term) -> "tuple[Test, list[frozenset[int]]]":
        tests = [_HAS[value](self) for value in term.values]
        return lambda start, end: _any(tests[0](start, end), (test(start, end) for test in tests[1:])), []

    def _of_kind(self, table: list[bool]) -> Test:
        flags = np.array(table or [False], dtype=np.bool_)
        return lambda start, end: flags[np.minimum(part(self._call.journal.kinds, start, end), len(flags) - 1)]

    def _of_responses(self, numbers: frozenset[int]) -> "tuple[Test, list[frozenset[int]]]":
        """Take what names one of these responses, or an item that it made."""
        journal, made = self._call.journal, self._call.session.items
        ids = {journal.response_names[number] for number in numbers}
        items = frozenset(
            number
            for number, name in enumerate(journal.item_names)
            if (item := made.get(name)) is not None and item.response_id in ids
        )

        def test(start: int, end: int) -> Numbers:
            named = part(journal.responses, start, end)
            by_item = _listed(part(journal.items, start, end), items, len(journal.item_names))
            return np.asarray(_listed(named, numbers, len(journal.response_names)) | ((named == 0) & by_item))

        return test, [numbers, items]

    def _scan(self, word: str) -> Scan:
        if word not in self._scans:
            self._scans[word] = Scan(self._call.path, self._call.journal, word)
        return self._scans[word]

    def _problems(self) -> Test:
        return lambda start, end: (part(self._call.journal.flags, start, end) & 4) > 0

    def _audio(self) -> Test:
        return lambda start, end: part(self._call.journal.frames, start, end) > 0

    def _errors(self) -> Test:
        journal, session = self._call.journal, self._call.session
        of_kind = self._of_kind([kind.type == "error" or kind.type.endswith(".failed") for kind in journal.kind_table])
        seqs = [
            response.done.seq
            for response in session.responses.values()
            if response.status == "failed" and response.done
        ]
        if session.ending.mark is not None and session.ending.code not in _NORMAL_CODES:
            seqs.append(session.ending.mark.seq)
        seqs += [gap.seq for gap in session.gaps]
        failed = np.array(sorted(seqs), dtype=np.int64)
        return lambda start, end: of_kind(start, end) | np.isin(part(journal.seqs, start, end), failed)


_HAS: Final[dict[str, Callable[[Matching], Test]]] = {
    "problem": Matching._problems,
    "audio": Matching._audio,
    "error": Matching._errors,
}
_MAKERS: Final[dict[str, Callable[[Matching, Term], tuple[Test, list[frozenset[int]]]]]] = {
    "type": Matching._type,
    "word": Matching._word,
    "text": Matching._text,
    "call": Matching._text,
    "from": Matching._from,
    "seq": Matching._seq,
    "at": Matching._at,
    "item": Matching._item,
    "resp": Matching._resp,
    "status": Matching._status,
    "has": Matching._has,
}


def _named(names: Iterable[str], wanted: tuple[str, ...]) -> frozenset[int]:
    """Find ids: the very one, else those that begin or end so; `*` stands for anything."""
    known = [name.lower() for name in names]
    found: set[int] = set()
    for value in wanted:
        fits = pattern(translate(value)).match
        exact = {number for number, name in enumerate(known) if name and fits(name)}
        found |= exact or {
            n for n, name in enumerate(known) if name and (name.startswith(value) or name.endswith(value))
        }
    return frozenset(found)


def _listed(numbers: Numbers, wanted: frozenset[int], total: int) -> Numbers:
    table = np.zeros(total, dtype=np.bool_)
    table[list(wanted)] = True
    return np.asarray(table[numbers])


def _within(values: Numbers, spans: tuple[tuple[int, int], ...], more: int) -> Numbers:
    return _any(
        np.zeros(len(values), dtype=np.bool_), ((values >= low) & (values < high + more) for low, high in spans)
    )


def _any(first: Numbers, others: Iterable[Numbers]) -> Numbers:
    for other in others:
        first = first | other
    return first
