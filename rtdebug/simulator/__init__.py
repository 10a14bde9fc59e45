"""The embedded upstream: the server's side of the protocol as a pure state machine, its voice, its sockets.

`machine` and all it imports are pure: no socket, file or clock. `voice` reads the shipped speech, `server`
holds the sockets, `caller` is the person at the other end of the demo. Nothing is imported from here, so
that the package stays light until one of them is asked for.
"""
