"""The commands that make model sets, and what they are made from."""
