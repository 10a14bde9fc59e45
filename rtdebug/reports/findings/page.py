"""The pages of rules: one on the terminal, all of them as Markdown, and the table that lists them."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from rtdebug.diagnosis.finding import Rule
from rtdebug.diagnosis.rule import HEADINGS
from rtdebug.reports.show.found import Under, severity_text
from rtdebug.reports.show.look import QUIET, Column, Remark, Rows

_CODE = re.compile(r"`([^`]+)`")
_COLUMNS: Final = [Column("code"), Column("name"), Column("severity"), Column("needs", rank=1, style=QUIET)]


def page(rule: Rule) -> Iterator[RenderableType]:
    """Draw one rule's page."""
    yield Text.assemble((rule.code, "bold cyan"), (f" {rule.name}", "bold"))
    told = Text.assemble(severity_text(rule.severity), (f" · {rule.confidence} confidence · {rule.family}", QUIET))
    yield told.append(f" · needs {_needs(rule)}" if rule.needs else "", QUIET)
    for heading, words in _paragraphs(rule):
        yield ""
        yield Text(heading, "bold")
        yield Under(_highlighted(words))


def table(rules: Sequence[Rule]) -> Iterator[RenderableType]:
    """Draw a list of rules, family by family."""
    for number, (family, members) in enumerate(families(rules).items()):
        rows = Rows(_COLUMNS)
        for rule in members:
            rows.add([Text(rule.code, "cyan"), rule.name, severity_text(rule.severity), ", ".join(rule.needs)])
        if number:
            yield ""
        yield Text(family, "bold")
        yield rows
    yield ""
    yield Remark("`rtdebug rule CODE` prints a rule's page.")


def families(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    """Group rules by what they are about, in the order of their codes."""
    found: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda one: one.code):
        found.setdefault(rule.family, []).append(rule)
    return found


def markdown(rules: Sequence[Rule]) -> str:
    """Write all pages as Markdown, with a table of them in front."""
    parts = ["| code | name | severity | about |\n|---|---|---|---|"]
    listed = [rule for members in families(rules).values() for rule in members]
    parts[0] += "".join(
        f"\n| [{rule.code}](#{rule.code.lower()}-{rule.name}) | {rule.name} | {rule.severity} | {rule.family} |"
        for rule in listed
    )
    for family, members in families(rules).items():
        parts.append(f"## {family.capitalize()}")
        parts += [f"### {rule.code} {rule.name}\n\n{markdown_page(rule)}" for rule in members]
    return "\n\n".join(parts) + "\n"


def markdown_page(rule: Rule) -> str:
    """Write one rule's page as Markdown, without its heading."""
    needs = f" Needs {_needs(rule)}." if rule.needs else ""
    told = f"{rule.severity.capitalize()}, {rule.confidence} confidence.{needs}"
    return "\n\n".join([told, *(f"**{heading}.** {words}" for heading, words in _paragraphs(rule))])


def _paragraphs(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield what stands under each heading; whole sentences, for they begin behind one in the source."""
    told = (rule.doc.sees, rule.doc.matters, rule.doc.advice, rule.doc.seen_in)
    for heading, words in zip(HEADINGS, told, strict=True):
        yield heading, words if heading == HEADINGS[-1] else words[:1].upper() + words[1:]


def _needs(rule: Rule) -> str:
    return " and ".join(rule.needs)


def _highlighted(words: str) -> Text:
    """Set what stands between backticks in another colour."""
    found = Text(words)
    found.highlight_regex(_CODE, "cyan")
    return found
