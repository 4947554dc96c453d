"""Kinds of networks: how each is wired, and its table of stages."""
