"""A recording played again: as the server for any client, or as the client against any server, over real sockets.

The server's part: `script` and its neighbours make steps of a recording, a `Part` plays them and says what did not
fit; `server` has the sockets, `testing` is behind the pytest plugin.
The client's part: `driving` says what is to be sent when, `edits` changes it, `client` has the socket. `load` has the
files of both.
"""
