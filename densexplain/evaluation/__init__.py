"""What judges a model set: figures, intervals, map measures, experiments on phantoms, and their records."""
