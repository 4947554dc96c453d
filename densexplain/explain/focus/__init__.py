"""The parts of a radiograph that a stage responds to."""
