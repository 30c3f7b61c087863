"""Many-to-many relations of models whose primary keys have several columns."""

from ormgen import Model, fields


class Course(Model):
    school = fields.IntField()
    code = fields.CharField(max_length=10)
    title = fields.CharField(max_length=30, default="")
    needs = fields.ManyToManyField("models.Course", related_name="needed_by", through="course_needs")
    like = fields.ManyToManyField("models.Course", symmetrical=True, related_name=False, through="course_like")

    class Meta:
        primary_key = ("school", "code")


class Pupil(Model):
    school = fields.IntField()
    number = fields.IntField()
    name = fields.CharField(max_length=30, default="")
    courses = fields.ManyToManyField("models.Course", related_name="pupils")
    marked = fields.ManyToManyField("models.Course", related_name="markers", through="models.Mark")
    tags = fields.ManyToManyField("models.Tag", related_name="pupils", db_constraint=False)

    class Meta:
        primary_key = ("school", "number")


class Mark(Model):
    """The table between two such models, with a column of its own."""

    pupil = fields.ForeignKeyField("models.Pupil", related_name="marks")
    course = fields.ForeignKeyField("models.Course", related_name="marks")
    points = fields.IntField(default=0)


class Tag(Model):
    """Its key is one column."""

    name = fields.CharField(max_length=20, unique=True)
