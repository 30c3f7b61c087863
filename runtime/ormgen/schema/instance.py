"""What stands for the objects of models where their class is not known yet."""


class Instance:
    """Base of all model instances."""

    __slots__ = ()
