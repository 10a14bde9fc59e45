"""The timeline: a session as lanes on one clock, drawn into lines of text. No Textual, and no reading of files."""
