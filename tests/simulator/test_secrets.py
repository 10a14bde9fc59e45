import pytest

from rtdebug.simulator.options import Options
from rtdebug.simulator.secrets import Secret, Secrets, bad_key, is_good, key_of

SECRET = Secret({"type": "realtime"}, expires_at=100)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", (("Authorization", "Bearer sk-mine"),)),
        ("/", (("authorization", "bearer  sk-mine"),)),
        ("/", (("Api-Key", "sk-mine"),)),
        ("/?model=x&api-key=sk-mine", ()),
        ("/", (("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.sk-mine"),)),
        ("/", (("Sec-WebSocket-Protocol", "xai-client-secret.sk-mine"),)),
    ],
)
def test_a_key_is_found_wherever_it_is_presented(path: str, headers: tuple[tuple[str, str], ...]) -> None:
    assert key_of(path, headers) == "sk-mine"


def test_no_key_is_no_key() -> None:
    assert key_of("/", (("Authorization", "Basic abc"), ("Host", "x"))) == ""


@pytest.mark.parametrize(
    ("wanted", "key", "good"),
    [
        (None, "", True),
        (None, "anything", True),
        (None, "ek_unknown", False),
        (None, "ek_held", True),
        ("*", "sk-any", True),
        ("*", "other", False),
        ("sk-this", "sk-this", True),
        ("sk-this", "sk-that", False),
        ("sk-this", "ek_held", True),
        ("sk-this", "", False),
    ],
)
def test_keys_are_good_or_not(wanted: str | None, key: str, good: bool) -> None:
    secrets = Secrets()
    secrets.add("ek_held", SECRET, 0)
    assert is_good(key, Options(require_key=wanted), secrets, 99) == good


def test_a_secret_expires_and_is_forgotten() -> None:
    secrets = Secrets()
    secrets.add("ek_old", SECRET, 0)
    assert secrets.find("ek_old", 99) == SECRET
    assert secrets.find("ek_old", 100) is None
    secrets.add("ek_new", Secret({"type": "transcription"}, 500), 200)
    assert list(secrets._held) == ["ek_new"]
    new = secrets.find("ek_new", 200)
    assert new is not None and new.transcribes


@pytest.mark.parametrize(("key", "shown"), [("sk-verysecret1234", "********1234."), ("sk-1", "********."), ("", "*.")])
def test_only_the_end_of_a_key_is_repeated(key: str, shown: str) -> None:
    refused = bad_key(key)
    assert refused.message.endswith(shown)
    assert refused.code == "invalid_api_key"
    assert key[:-4] == "" or key[:-4] not in refused.message
