"""Abnormalities: each changes a limb at rest, and states where it is visible."""
