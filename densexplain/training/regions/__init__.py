"""Regions learnt beside the label."""
