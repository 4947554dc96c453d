"""How a run is carried out: its state, its progress, stopping it and sharing it among devices."""
