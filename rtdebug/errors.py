"""The error tree: every error a person can cause or meet, and the exit code each one ends with.

RtdebugError (1)          something the user can act on
├── UsageError (2)        an option, address or file name that cannot be used
├── RecordingError (3)    a recording that cannot be read or written
└── UpstreamError (4)     the upstream cannot be reached or will not speak

A message says what happened, where, and what to do about it.
"""


class RtdebugError(Exception):
    """Root of the tree; `exit_code` is what the command line ends with."""

    exit_code = 1


class UsageError(RtdebugError):
    """An option, address or file name that cannot be used."""

    exit_code = 2


class RecordingError(RtdebugError):
    """A recording that cannot be read or written."""

    exit_code = 3


class UpstreamError(RtdebugError):
    """The upstream cannot be reached or will not speak; `status` is the HTTP answer the client gets."""

    exit_code = 4

    def __init__(self, message: str, *, status: int = 502) -> None:
        super().__init__(message)
        self.status = status
