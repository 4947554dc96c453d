"""What explaining needs of a network: families, heads, engines and model sets."""
