"""Measures of maps where the abnormality is known to the pixel."""
