"""Reads model modules from source text: nothing of the user's code is ever imported or run."""
