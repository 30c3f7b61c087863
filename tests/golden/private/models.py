"""Classes whose names begin with an underscore, which a star import leaves out."""

from ormgen import Model, fields


class _Base(Model):
    made = fields.DatetimeField(auto_now_add=True)

    class Meta:
        abstract = True


class _Team(_Base):
    name = fields.CharField(20)


class _(_Base):
    team = fields.ForeignKeyField("models._Team", related_name="members")


class Hero(_Team):
    boss = fields.ForeignKeyField("models._", related_name="_heroes", null=True)
