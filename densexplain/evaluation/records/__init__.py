"""Evaluations as a model set keeps them; read without running a network."""
