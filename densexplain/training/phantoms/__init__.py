"""Phantoms drawn while a run trains on them."""
