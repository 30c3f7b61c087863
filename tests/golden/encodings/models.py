from ormgen import Model, fields


class Größe(Model):
    """Größen, größer als größte."""

    maß = fields.IntField(description="Maß in µm"); höhe = fields.FloatField()
    text = fields.TextField(default="žluťoučký 🐎")
