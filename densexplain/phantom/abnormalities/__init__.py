"""Findings: each changes a limb at rest, and says where it is to be seen."""
