"""Create model Author; create model Book; create model Order; create model Line."""

from ormgen import fields, migrations


class Migration(migrations.Migration):
    dependencies = []
    initial = True
    operations = [
        migrations.CreateModel(
            "Author",
            [
                ("id", fields.IntField(primary_key=True)),
                ("name", fields.CharField(max_length=100, unique=True)),
            ],
        ),
        migrations.CreateModel(
            "Book",
            [
                ("id", fields.IntField(primary_key=True)),
                ("title", fields.CharField(max_length=200, db_index=True)),
                ("author", fields.ForeignKeyField("models.Author", related_name="books")),
                ("price", fields.DecimalField(max_digits=8, decimal_places=2)),
                ("stock", fields.IntField(default=0, description="copies in the shop")),
            ],
        ),
        migrations.CreateModel(
            "Order",
            [
                ("id", fields.IntField(primary_key=True)),
                ("email", fields.CharField(max_length=200)),
                ("state", fields.CharEnumField(max_length=9, default="open", enum_type=migrations.make_enum("State", [("OPEN", "open"), ("PAID", "paid"), ("CANCELLED", "cancelled")]))),
                ("placed_at", fields.DatetimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            "Line",
            [
                ("id", fields.IntField(primary_key=True)),
                ("order", fields.ForeignKeyField("models.Order", related_name="lines")),
                ("book", fields.ForeignKeyField("models.Book", related_name="lines", on_delete=fields.RESTRICT)),
                ("copies", fields.SmallIntField(default=1)),
                ("price", fields.DecimalField(max_digits=8, decimal_places=2, description="of one copy, when it was ordered")),
            ],
            options={"unique_together": [["order", "book"]]},
        ),
    ]
