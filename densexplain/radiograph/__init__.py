"""One radiograph: reading it safely, its geometry, and the network's input made of it."""
