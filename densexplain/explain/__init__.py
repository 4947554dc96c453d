"""What a network says of a radiograph, and what it went by."""
