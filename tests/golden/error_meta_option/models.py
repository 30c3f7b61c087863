from ormgen import Model, fields


class Shared:
    abstrakt = True


class Team(Model):
    name = fields.TextField()

    class Meta:
        tabel = "teams"
        ordering = ["-nmae"]
        unique_together = ("name", "size")
        indexes = ["name", 5]


class Hero(Model):
    class Meta(Shared):
        table_desription = "x"
        something = "of the user's own"
