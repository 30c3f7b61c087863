from _bases import *

from ormgen import Model as _Model


class Customer(Base):
    name = Text(LENGTH)


class Guest(_Model):
    customer = fields.OneToOneField(Customer)
