"""A recording played again: as the server, for any client over a real socket.

`script` and its neighbours are pure: a recording becomes steps, a `Part` plays them and says what did not fit.
`server` has the sockets, `load` the files, `thread` lets code without an event loop use it.
"""
