class Helper:
    """No model."""
