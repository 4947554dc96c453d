"""One radiograph: reading it safely, its geometry, and what the network is given of it."""
