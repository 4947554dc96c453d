"""The paper's cases, and what model sets answer to them."""
