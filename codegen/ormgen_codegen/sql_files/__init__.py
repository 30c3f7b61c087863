"""Statements of SQL files as typed functions: read, understood by the model graph, and written as a module."""
