"""The command line: every page's work without a browser."""
