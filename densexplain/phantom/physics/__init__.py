"""X-rays through matter, and what a detector makes of them."""
