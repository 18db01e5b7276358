"""The suites that measure the mind, and the command that prints them."""
