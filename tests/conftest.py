"""For all tests: what the tools around them leave behind is not the fault of the test that runs next."""

import asyncio


def pytest_configure() -> None:
    # pytest-asyncio asks for the current event loop before each test; where none was ever set, Python makes one
    # that nobody closes, and its warning would fail whichever test the garbage collector runs in.
    asyncio.set_event_loop(None)
