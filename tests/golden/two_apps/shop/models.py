from ormgen import Model, fields


class Customer(Model):
    favourite = fields.ForeignKeyField("writing.Post", related_name="fans", null=True)
    friend = fields.ForeignKeyField("Customer", related_name=False, null=True)


class Elsewhere(Model):
    post = fields.ForeignKeyField("blog.posts.Post", related_name=False)

    class Meta:
        app = "archive"
