"""What the environment of a client must say so that it finds the way to a server on this machine."""

import os
from urllib.request import getproxies_environment

_NAMES = ("no_proxy", "NO_PROXY")


def past_proxies() -> dict[str, str]:
    """Return the variables that except 127.0.0.1 from the proxies the environment names: those do not lead here.

    Nothing is to be set where it names none, or excepts every host already.
    """
    excepted = [os.environ.get(name, "").strip() for name in _NAMES]
    if not getproxies_environment() or "*" in excepted:
        return {}
    return dict.fromkeys(_NAMES, ",".join(dict.fromkeys(filter(None, [*excepted, "127.0.0.1"]))))
