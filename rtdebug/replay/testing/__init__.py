"""Recorded calls for tests: what a test asks for, a server or a recorder beside it, and what came of the call.

`rtdebug.pytest_plugin` is the only one that knows pytest. Every pytest run imports `wish`, `modes` and `fixture`:
nothing heavy may stand at their top.
"""
