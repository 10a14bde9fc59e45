"""A labelled corpus: each fault planted in otherwise good calls, so that every rule's precision and recall is known."""
