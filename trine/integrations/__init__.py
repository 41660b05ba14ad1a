"""Callbacks of training libraries. Each module imports the library that it is named for, and nothing imports it."""
