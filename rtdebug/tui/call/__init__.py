"""A recording as the screens see it: read piece by piece, followed while it is written, searched. No Textual."""
