"""What any family is wired by: parts, the table of stages, and what follows from a wiring."""
