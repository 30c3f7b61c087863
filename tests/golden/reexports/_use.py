"""Names that a module gives on, under their own name or another."""

from typing import assert_type

import shop.models
from shop import models
from shop.models import Account, Entry, Left, Paint, Post, people


async def ask() -> None:
    user = await Account.get(name="x", posts__title="y")
    assert_type(user.color, Paint)
    assert_type(await shop.models.Account.get(color=Paint.RED), people.User)
    entry = await Entry.get(user__name="x")
    assert_type(entry, Post)
    assert_type(await entry.user, Account)
    assert_type(entry.author(), int)
    assert_type((await Left.get(name="x")).name, str)
    assert_type(await models.people.User.get(id=1), Account)
