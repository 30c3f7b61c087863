# -*- coding: latin-1 -*-
from ormgen import Model, fields


class Café(Model):
    """Crème brûlée"""

    prix = fields.DecimalField(max_digits=6, decimal_places=2, description="en £")
