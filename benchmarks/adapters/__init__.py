"""One module for each way of doing the same work."""
