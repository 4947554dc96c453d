"""Recorded evaluations of a model set; read without running a network."""
