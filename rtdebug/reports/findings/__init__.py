"""What the rules say of recordings, for people and for other programs, and the pages of rules. One file a format."""
