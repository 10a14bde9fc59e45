"""Screens: widgets put together, and the keys that go across them."""
