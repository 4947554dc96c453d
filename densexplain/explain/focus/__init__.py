"""Which parts of a radiograph a stage answers to."""
