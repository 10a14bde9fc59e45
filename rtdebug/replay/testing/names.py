"""Where the recordings of a test are: names that any file system takes. Pure.

Two that differ in upper and lower case only are told apart here, and refused by `placing`: many disks hold but one.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rtdebug.errors import UsageError

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST: Final = 80
_LONGEST_OF_ALL: Final = 200
"""A file system takes 255, and a mark is added to a name while a recording is put there."""


def file_safe(text: str) -> str:
    """Make a file's name of any text: the text itself where it is one, else what is left of it, and a checksum."""
    safe = _UNSAFE.sub("-", text).strip("-.")[:_LONGEST]
    if safe == text:
        return safe
    return "-".join(part for part in (safe, _checksum(text)) if part)


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def name_of_test(module: str, classes: Sequence[str], function: str, parameters: str) -> str:
    """Return the name of the recording of a test that names none: `test_calls/TestOffice.test_greeting-short`."""
    test = ".".join(file_safe(one) for one in (*classes, function))
    name = f"{test}-{file_safe(parameters)}" if parameters else test
    if len(name) > _LONGEST_OF_ALL:
        name = f"{name[: _LONGEST_OF_ALL - 9]}-{_checksum(name)}"
    return f"{file_safe(module)}/{name}"


def places(folder: Path, names: Sequence[str]) -> list[Path]:
    """Return where recordings of these names are; raise UsageError where one would be the folder itself."""
    found = []
    for name in names:
        place = Path(folder, name)
        if not name.strip() or "\0" in name or place.resolve() in (folder.resolve(), *folder.resolve().parents):
            raise UsageError(f"recording {name!r}: expected the name of a recording in {folder}")
        found.append(place)
    return found
