"""Two modules of models, described as where models are many."""
