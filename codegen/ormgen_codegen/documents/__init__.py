"""Classes for data that comes in and goes out, written as source: pydantic, msgspec, dataclasses."""
