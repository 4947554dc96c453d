"""The page Explain, and what other pages show of an explanation."""
