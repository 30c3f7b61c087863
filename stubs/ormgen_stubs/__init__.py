"""Templates of every stub; no code."""
