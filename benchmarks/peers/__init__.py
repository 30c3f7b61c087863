"""Other ORMs, each as its documentation shows."""
