"""An audit in pictures and on a page of print."""
