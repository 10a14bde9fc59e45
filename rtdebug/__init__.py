"""rtdebug: a recording proxy and replay debugger for the OpenAI Realtime API."""

__version__ = "0.1.0"
