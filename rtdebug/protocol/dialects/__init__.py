"""How a connection speaks, and the one shape it is read in.

GA's shape is the canonical one. Beta, Azure, xAI and translation differ from it in names and in where things
stand; only this room knows how. Every reshaping leaves its input as it is, hands back the very same object
where nothing changes, keeps what it does not know, and takes any JSON there is.
"""

from rtdebug.protocol.dialects.canonical import canonical, canonical_type
from rtdebug.protocol.dialects.tracker import Dialect, DialectTracker

__all__ = ["Dialect", "DialectTracker", "canonical", "canonical_type"]
