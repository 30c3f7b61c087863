"""Primary keys of several columns, and foreign keys to them."""

import uuid

from ormgen import Model, fields


class Tenant(Model):
    name = fields.CharField(max_length=50)


class Order(Model):
    """Its key holds the column of a foreign key."""

    tenant = fields.ForeignKeyField("models.Tenant", related_name="orders")
    id = fields.IntField()
    title = fields.CharField(max_length=50, default="")
    total = fields.IntField(default=0)

    class Meta:
        primary_key = ("tenant_id", "id")


class Line(Model):
    """Points at an order with columns of its own; the key is one column."""

    order = fields.ForeignKeyField("models.Order", related_name="lines")
    amount = fields.IntField(default=1)


class Shipment(Model):
    """Shares its tenant with the order that it may have."""

    tenant = fields.ForeignKeyField("models.Tenant", related_name="shipments")
    number = fields.IntField()
    order = fields.ForeignKeyField(
        "models.Order", related_name="shipments", from_fields=("tenant_id", "order_id"), null=True
    )
    note = fields.CharField(max_length=50, null=True)

    class Meta:
        primary_key = ("tenant", "number")


class Invoice(Model):
    """Its key is a one-to-one relation to a key of two columns."""

    order = fields.OneToOneField("models.Order", related_name="invoice", primary_key=True)
    paid = fields.BooleanField(default=False)


class Payment(Model):
    invoice = fields.ForeignKeyField("models.Invoice", related_name="payments", null=True, on_delete=fields.SET_NULL)
    cents = fields.IntField()


class Place(Model):
    """Three columns of other types, with names of their own; a tree."""

    country = fields.CharField(max_length=2)
    code = fields.UUIDField(default=uuid.uuid4, source_field='c`o"de')
    since = fields.DateField()
    name = fields.CharField(max_length=50)
    parent = fields.ForeignKeyField("models.Place", related_name="parts", null=True)
    twin = fields.OneToOneField("models.Place", related_name="twin_of", null=True, db_constraint=False)

    class Meta:
        primary_key = ("country", "code", "since")
        ordering = ["name"]


class Visit(Model):
    """Joins two models whose keys have several columns."""

    place = fields.ForeignKeyField("models.Place", related_name="visits")
    order = fields.ForeignKeyField("models.Order", related_name="visits", db_constraint=False)
    stars = fields.IntField(default=0)


class Route(Model):
    """Many to many, of keys with one, two and three columns."""

    name = fields.CharField(max_length=50)
    stops = fields.ManyToManyField("models.Place", related_name="routes")
    carried = fields.ManyToManyField("models.Order", related_name="routes", through="route_order")


class Region(Model):
    """Both ends have keys of several columns."""

    country = fields.CharField(max_length=2)
    number = fields.IntField()
    places = fields.ManyToManyField("models.Place", related_name="regions")

    class Meta:
        primary_key = ("country", "number")
