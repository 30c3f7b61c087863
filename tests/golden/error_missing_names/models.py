"""What ormgen does not have."""

import ormgen
import ormgen.feilds
from ormgen import Modle, Model
from ormgen import fields
from ormgen.fields import CharFeild as Char, TextField
from ormgen.nothing import at_all

try:
    from ormgen import perhaps
except ImportError:
    perhaps = None


class Short(fields.ChrField):
    pass


class Hero(Modle):
    name = Char(max_length=5)
    age = fields.IntegerFeild(nul=True)
    team = ormgen.fields.ForeignKey("models.Team", related_name="heroes")
    nothing = fields.nothing(5)
    text = TextField(nul=True)

    class Meta:
        ordering = fields.ordering


class Team(Model):
    leader = fields.OneToOneFeild("models.Hero")
