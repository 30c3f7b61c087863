from __future__ import annotations

import ormgen.fields as f
from ormgen import Model as Base
from shop.models import user as u


class Post(Base):
    title: str = f.TextField()  # type: ignore[assignment]
    user: f.ForeignKeyRelation[u.User] = f.ForeignKeyField("models.User", related_name="posts")

    def author(self) -> int:
        return self.user_id
