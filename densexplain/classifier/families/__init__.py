"""Kinds of networks, one file each: how it is wired, and its table of stages; every module states a `FAMILY`."""
