from collections.abc import Callable

import pytest

from .client import Client


@pytest.fixture
def dial() -> Callable[..., Client]:
    return Client


@pytest.fixture
def client() -> Client:
    return Client()
