"""Models that several tests share."""
