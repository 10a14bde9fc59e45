"""What the recording itself tells: limits that are nearly reached, and entries it could not keep."""

from collections.abc import Iterator
from itertools import pairwise

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.session.limits import Limit, limits_told
from rtdebug.units import count, length, quote, share

_NEAR = 0.1
_NS = 1_000_000_000


@rule("RT230", "rate-limit-near", "warning")
def limit_near(call: Subject) -> Iterator[Hit]:
    """A rate limit was nearly used up.

    What it sees: a `rate_limits.updated` with less than a tenth of a limit left; each limit is named once, where
    least was left.

    Why it matters: the next answer, of this call or of another with the same key, fails with `rate_limit_exceeded`,
    and the user hears nothing.

    What to do: ask for a higher limit, spread calls over time, keep contexts short, and say something to the user
    when a response fails.

    Seen in: openai-agents-js#1022.
    """
    least: dict[str, Limit] = {}
    near: dict[str, list[int]] = {}
    for one in limits_told(call.session):
        if one.remaining >= _NEAR * one.limit:
            continue
        near.setdefault(one.name, []).append(one.mark.seq)
        if one.name not in least or one.remaining / one.limit < least[one.name].remaining / least[one.name].limit:
            least[one.name] = one
    for name, one in least.items():
        left = f"{one.remaining:,.0f} of {one.limit:,.0f} {quote(name, 40) or 'units'}"
        soon = f"; whole again in {one.reset_s:,.1f} s" if one.reset_s is not None else ""
        more = tuple(seq for seq in near[name] if seq != one.mark.seq)[:5]
        yield Hit(one.mark.seq, f"{left} were left of the rate limit ({share(one.remaining / one.limit)}){soon}", more)


@rule("RT231", "recording-has-gaps", "warning")
def gaps(call: Subject) -> Iterator[Hit]:
    """The recording does not hold all that was said.

    What it sees: entries that say that the recorder could not keep up, or met something it could not read; numbers of
    entries that are not there; and more than a second of audio that the entries speak of and the files do not hold.

    Why it matters: the call itself was not hurt, but what is missing here may have been said all the same: other
    findings of this recording are less sure, and those about order are not made.

    What to do: give the recorder a faster disk or more memory, and record again. Where entries or a WAV file were lost
    on the way, copy the folder anew, as a whole.

    Seen in: rtdebug's own recordings on a full or slow disk.
    """
    found = call.session.gaps
    if found:
        why = quote(found[0].text, 120) or "no reason given"
        words = f"the recording has {count(len(found), 'gap')}: {why}"
        yield Hit(found[0].seq, words, tuple(one.seq for one in found[1:10]))
    elif not call.is_whole:
        yield _hole(call)
    if not call.live and "audio" not in call.lacks:
        yield from _lost_audio(call)


@rule("RT232", "recording-cut-off", "info")
def cut_off(call: Subject) -> Iterator[Hit]:
    """The recording ends in the middle of something: what came after is not known.

    What it sees: a recording without its last line and without the connection's end, that nobody writes any more,
    while an answer was being made or the user was speaking.

    Why it matters: the program that recorded was killed, or the machine went down; the call itself may have gone on,
    or not. That nothing else is found here says nothing of how the call ended.

    What to do: look at what ended the recorder (out of memory, `kill -9`, a container that was taken down). Let it
    end with SIGTERM or Ctrl-C: then the recording says how the call ended.

    Seen in: rtdebug's own recordings after `kill -9`.
    """
    session = call.session
    if call.live or session.complete or session.ending.mark is not None:
        return
    begun = [(one.created, one.id) for one in session.responses.values() if one.created and one.done is None]
    speeches = [one.started for one in session.speeches[-1:] if one.stopped is None]
    last = max([*(event.seq for event in call.events[-1:]), *session.input.seqs[-1:]], default=0)
    for mark, response_id in [*begun[-1:], *((mark, "") for mark in speeches if not begun)]:
        during = f"{quote(response_id, 80)} was being made" if response_id else "the user was speaking"
        words = f"the recording was cut off while {during}; nothing is known of what came after"
        yield Hit(max(last, mark.seq), words, (mark.seq,) if last > mark.seq else (), response_id=response_id)


def _hole(call: Subject) -> Hit:
    """Say which entries are not there."""
    seqs = sorted({event.seq for event in call.events}.union(call.session.input.seqs))
    holes = [(one, other) for one, other in pairwise(seqs) if other - one > 1]
    missing = sum(other - one - 1 for one, other in holes)
    before, behind = holes[0]
    return Hit(
        before,
        f"{count(missing, 'entry', 'entries')} of the recording are missing, the first behind #{before}",
        (behind,),
    )


def _lost_audio(call: Subject) -> Iterator[Hit]:
    """Hold what the entries say of a track against what its file holds."""
    ends: dict[str, int] = {}
    first: dict[str, int] = {}
    parts = [part.audio for item in call.session.items.values() for part in item.parts.values() if part.audio]
    for audio in (call.session.input, *parts):
        for stretch in audio.stretches:
            if stretch.track and len(audio.seqs):
                ends[stretch.track] = max(ends.get(stretch.track, 0), stretch.start + stretch.frames)
                first[stretch.track] = min(first.get(stretch.track, audio.seqs[0]), audio.seqs[0])
    for track, end in ends.items():
        rate = call.session.tracks[track].rate if track in call.session.tracks else 0
        lost = end - call.there(track)
        if rate and lost > rate:
            gone = f"{length(lost * _NS // rate)} of the {length(end * _NS // rate)} of audio"
            yield Hit(first[track], f"{gone} that the entries put in {quote(track, 40)} are not there")


RULES = (limit_near, gaps, cut_off)
