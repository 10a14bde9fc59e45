"""Events to what happened: the session model and the fold that builds it. Pure, and without opinions."""
