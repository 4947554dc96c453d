"""Model sets: a network's weights with the manifest that says how to use them."""
