"""The page Model sets."""
