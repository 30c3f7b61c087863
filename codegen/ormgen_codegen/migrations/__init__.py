"""Writes migrations: what changed in the models, as operations in a file."""
