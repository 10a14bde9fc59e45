"""What the user said in a call, in its order."""

from rtdebug.diagnosis.subject import Subject
from rtdebug.session.model import Item


def spoken(call: Subject) -> list[Item]:
    """Return what the user said, in the order of the turns."""
    return sorted(
        (
            item
            for item in call.session.items.values()
            if item.committed and not (item.speech and item.speech.is_silence)
        ),
        key=lambda item: item.committed.seq if item.committed else 0,
    )
