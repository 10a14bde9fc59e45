"""What is sent through every side: one load, one file."""

from typing import ClassVar, Protocol

from benchmarks.relay.ends import Ends
from benchmarks.relay.figures import Measured
from benchmarks.relay.sides import Running, Side


class Load(Protocol):
    """A way of using a side, and what is measured meanwhile."""

    repeated: ClassVar[bool]
    """Whether it takes part in every round; what hardly varies is measured once."""
    timed: ClassVar[bool]
    """Whether single messages are timed: then both ends and the side go before other work on the machine."""

    under: ClassVar[tuple[str, ...]]
    """A command the side is started under; `{folder}` in it stands for the side's own."""

    @property
    def title(self) -> str:
        """Name it in tables; also what the results are kept under."""
        ...

    def leaves_out(self, side: Side) -> str:
        """Say why this side is not measured, or nothing."""
        ...

    def measure(self, running: Running, ends: Ends) -> Measured:
        """Open sessions through the side, load it, close them."""
        ...
