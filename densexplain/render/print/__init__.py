"""What a printed page is made of."""
