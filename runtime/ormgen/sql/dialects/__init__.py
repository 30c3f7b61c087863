"""The spelling of each database."""
