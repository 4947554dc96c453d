"""Surfaces and the bodies that they enclose."""
