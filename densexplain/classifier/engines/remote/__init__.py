"""A network in another process, asked over HTTP."""
