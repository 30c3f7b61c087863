_ormgen_bases = "a name that generated code would like to have"

if True:
    from ormgen import fields
    from ormgen.models import Model


class Ground(Model):
    city = fields.CharField(max_length=40)
    owner = fields.ForeignKeyField("models.Captain", related_name="grounds", null=True)


async def grounds() -> list[dict[str, object]]:
    return await Ground.filter(owner__name="Ada").values("id", "city")
