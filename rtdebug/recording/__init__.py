"""The files on disk: one folder a connection, `events.jsonl` beside the WAV files that hold its audio."""
