from ormgen import Model, fields


class User(Model):
    mail = fields.CharField(max_length=20)


class Post(Model):
    user = fields.ForeignKeyField("models.User", related_name="posts")
