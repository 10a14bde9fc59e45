"""What is measured and how, with the peers beside it."""
