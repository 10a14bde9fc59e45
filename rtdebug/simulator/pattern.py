"""A regular expression of a script: looked for in so much text and for so long, whatever it says. No protocol."""

_MOST_READ = 10_000
"""Characters that it is looked for in."""
_LONGEST_S = 0.25


class TooSlow(Exception):
    """It could not be told in time whether a pattern is there."""


class Pattern:
    """A pattern in Python's syntax, of which one that backtracks without end is given up."""

    def __init__(self, text: str) -> None:
        """Read a pattern; raise ValueError where it is none."""
        # Python's own `re` cannot be stopped. Only scripts with patterns pay for the import.
        import regex

        self.text = text
        try:
            self._found = regex.compile(text).search
        except (regex.error, RecursionError, OverflowError) as error:
            raise ValueError(str(error)) from None

    def is_in(self, text: str) -> bool:
        """Tell whether it is found in a text; raise TooSlow where that takes too long."""
        try:
            return self._found(text[:_MOST_READ], timeout=_LONGEST_S) is not None
        except TimeoutError:
            raise TooSlow(
                f"The script's regex {self.text!r} was not decided within {_LONGEST_S:g} s. "
                "It backtracks without end on what was said; write it without a repetition in a repetition."
            ) from None
