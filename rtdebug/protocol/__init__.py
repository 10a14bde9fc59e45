"""Messages to events: the one place that spells the Realtime API's names. Pure: no sockets, files or clocks."""
