"""A comparison in pictures and on pages of print."""
