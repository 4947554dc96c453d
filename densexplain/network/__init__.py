"""Networks, their weights, and the model sets made of both."""
