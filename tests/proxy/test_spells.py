"""When trouble with the disk is told, and when its end is."""

import asyncio

import pytest

from rtdebug.proxy import spells as module
from rtdebug.proxy.spells import Spells


@pytest.fixture
def said() -> list[str]:
    return []


def telling(said: list[str]) -> Spells:
    return Spells(asyncio.get_running_loop(), said.append, lambda: said.append("over"))


async def test_trouble_is_told_once_until_it_is_over(said: list[str]) -> None:
    spells = telling(said)
    spells.failed("first")
    spells.worked(is_proof=False)
    spells.failed("again")
    assert (said, spells.failing) == (["first"], True)
    for _ in range(2):
        spells.worked(is_proof=True)
    assert (said, spells.failing) == (["first", "over"], False)
    spells.failed("later")
    assert said == ["first", "over", "later"]
    spells.close()


async def test_trouble_that_is_met_again_much_later_is_no_news_without_relief(
    said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SPELL_SECONDS", 0.0)
    spells = telling(said)
    for _ in range(2):
        spells.failed("first")
        await asyncio.sleep(0.01)
    assert said == ["first"]
    spells.worked(is_proof=False)
    spells.failed("again")
    assert said == ["first", "over", "again"]


async def test_what_works_is_told_after_a_while_without_trouble(
    said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SPELL_SECONDS", 0.2)
    spells = telling(said)
    spells.failed("first")
    spells.worked(is_proof=False)
    async with asyncio.timeout(20):
        while len(said) < 2:
            await asyncio.sleep(0.01)
    assert said == ["first", "over"]


async def test_what_has_failed_since_is_not_over(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SPELL_SECONDS", 0.1)
    spells = telling(said)
    spells.failed("first")
    spells.worked(is_proof=False)
    spells.failed("again")
    await asyncio.sleep(0.4)
    assert said == ["first"]
