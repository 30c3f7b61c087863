"""What the engines share."""

__all__ = ()
