"""The proxy: legs, relay and recorder. The relay moves bytes and knows nothing; the recorder reads a copy."""
