"""What is described: fields, relations, models and the graph they form, as plain data."""
