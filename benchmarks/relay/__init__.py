"""Realtime voice traffic through rtdebug and its peers, side by side in one run.

The orchestrator is the load generator too: it plays both the app and the upstream on one clock and one core,
and starts each side (a proxy process, or nothing at all) between them on another.
"""
