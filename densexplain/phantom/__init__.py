"""Synthetic radiographs, drawn by this project's own code."""
