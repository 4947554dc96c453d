"""The radiographs of one clinical study."""
