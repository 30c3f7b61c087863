from ormgen import Model, fields


class Tenant(Model):
    name = fields.CharField(max_length=50)


class Order(Model):
    tenant = fields.ForeignKeyField("models.Tenant")
    id = fields.IntField()
    note = fields.CharField(max_length=20, null=True)

    class Meta:
        primary_key = ("tenant_id", "id")


class Line(Model):
    order = fields.ForeignKeyField("models.Order", source_field="order")
    other = fields.ForeignKeyField("models.Order", related_name="others", from_fields=("a", "b", "c"))
    tags = fields.ManyToManyField("models.Order", related_name="tagged", forward_key="number")

    class Meta:
        primary_key = ("order", "numbr")


class Label(Model):
    text = fields.CharField(max_length=20, primary_key=True)

    class Meta:
        primary_key = ("text",)


class Empty(Model):
    a = fields.IntField()
    b = fields.IntField(null=True)

    class Meta:
        primary_key = ("a", "b")
