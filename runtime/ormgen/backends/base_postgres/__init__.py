"""What the engines of PostgreSQL share."""

__all__ = ()
