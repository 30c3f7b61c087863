"""Rewrites projects written for Tortoise ORM: `ormgen adopt`."""
