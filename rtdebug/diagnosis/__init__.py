"""Opinions: what in a session is wrong or odd. Sessions and events in, findings out. Pure."""
