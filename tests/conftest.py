"""For all tests: what the machine and the tools around them do is not the fault of the test that runs next."""

import asyncio
import os
import sys

from hypothesis import settings

# Hundreds of processes start below: none is to compile again what the one before it has compiled.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Machines are shared: an example that took long says nothing about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_configure() -> None:
    # pytest-asyncio asks for the current event loop before each test; where none was ever set, Python makes one
    # that nobody closes, and its warning would fail whichever test the garbage collector runs in.
    asyncio.set_event_loop(None)
