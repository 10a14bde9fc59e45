"""Choosing rules by what a person calls them: a code, the beginning of codes, a name, or a family."""

import difflib
from collections.abc import Iterable, Sequence

from rtdebug.diagnosis.finding import FAMILIES, Rule
from rtdebug.errors import UsageError

_BEGINNING = "RT"


def choose(rules: Sequence[Rule], select: Iterable[str], ignore: Iterable[str], where: str = "") -> list[Rule]:
    """Return the rules that are selected (all, where none is) and not ignored; raise UsageError for a wrong word.

    `where` says in messages where the words come from; without it they are options.
    """
    selected, ignored = list(select), list(ignore)
    kept = {one.code for word in selected for one in named(rules, word, f"{where or '--'}select")}
    left_out = {one.code for word in ignored for one in named(rules, word, f"{where or '--'}ignore")}
    return [one for one in rules if (one.code in kept or not selected) and one.code not in left_out]


def named(rules: Sequence[Rule], word: str, where: str) -> list[Rule]:
    """Return the rules that a word names; raise UsageError, with those it may stand for, where there is none."""
    found = matching(rules, word)
    if not found:
        raise UsageError(f"{where} {word}: there is no such rule. {hint(rules, word)}")
    return found


def matching(rules: Sequence[Rule], word: str) -> list[Rule]:
    """Return the rules that a word names: `RT111`, `RT11`, `echo`, or `interruption`."""
    code, name = word.strip().upper(), word.strip().lower()
    if name in FAMILIES.values() and name not in {one.name for one in rules}:
        return [one for one in rules if one.family == name]
    begins = code.startswith(_BEGINNING) and len(code) > len(_BEGINNING)
    return [one for one in rules if one.name == name or (begins and one.code.startswith(code))]


def hint(rules: Sequence[Rule], word: str) -> str:
    """Say which rules a word may stand for."""
    near = nearest(rules, word)
    return f"Did you mean {' or '.join(near)}?" if near else "`rtdebug rule` lists those there are."


def nearest(rules: Sequence[Rule], word: str) -> list[str]:
    """Name the rules that a word may stand for, the likeliest first."""
    code, name = word.strip().upper(), word.strip().lower()
    by_word = {one.code: one for one in rules} | {one.name: one for one in rules}
    families = list(dict.fromkeys(one.family for one in rules))
    if code.startswith(_BEGINNING):
        alike = [one.code for one in rules if one.code.startswith(code[:4])] if len(code) > 3 else []
        near = sorted(alike, key=lambda one: difflib.SequenceMatcher(None, one, code).ratio(), reverse=True)
    else:
        near = difflib.get_close_matches(name, [*by_word, *families], n=3, cutoff=0.6)
    near = (near or [one.name for one in rules if len(name) > 2 and name in one.name])[:3]
    return [f"{by_word[word].code} ({by_word[word].name})" if word in by_word else word for word in near]
