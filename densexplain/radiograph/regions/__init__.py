"""Regions of a radiograph: found, drawn, edited, kept, removed."""
