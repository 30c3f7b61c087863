"""A blog: writers who follow each other, articles in categories, comments that answer comments."""
