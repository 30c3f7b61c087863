"""Managers that abstract models hand on, and query sets of several models, know the model that they are about."""

from typing import assert_type

from odd.pets import Keeper, Pet

from ormgen.functions import Count
from shop.catalog import Product


async def handed_on() -> None:
    assert_type(await Pet.objects.alive(), list[Pet])
    assert_type(await Pet.objects.filter(name="x").alive().first(), Pet | None)
    assert_type(await Keeper.objects.get(mail="x"), Keeper)
    assert_type(await Keeper.objects.alive().in_bulk(["x"], "mail"), dict[str, Keeper])
    assert_type(await Keeper.everything.filter(mail="x").count(), int)
    assert_type(await Pet.everything.all().order_by("name", "keeper__mail"), list[Pet])
    assert_type(await Keeper.living.filter(mail="x").alive(), list[Keeper])
    assert_type(Keeper.living.limit_of(), int)
    assert_type((await Pet.living.select_related("keeper").get(id=1)).keeper.mail, str)
    Pet.objects.filter(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Pet.objects.alive().filter(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Pet.everything.order_by("nmae")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Keeper.living.filter(name="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Keeper.living.newest()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def shared() -> None:
    assert_type(await Pet.named.named("x").filter(name="x"), list[Pet])
    assert_type(await Pet.soft.filter(name="x").alive().order_by("-name"), list[Pet])
    assert_type(await Pet.sorted.newest().filter(name="x").newest(), list[Pet])
    assert_type(await Keeper.sorted.filter(mail="x").newest().values_list("mail", flat=True), list[str])
    Pet.soft.newest()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Pet.sorted.alive()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Keeper.sorted.newest().filter(name="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def declared_by_their_own_name() -> None:
    """`-> NamedQuerySet` where `self` is narrowed: what was loaded and computed before is still known behind it."""
    loaded = await Pet.named.select_related("keeper").filter(name="x")
    assert_type(loaded[0].keeper.mail, str)
    assert_type(await Keeper.objects.gone().alive().get(mail="x"), Keeper)
    again = await Pet.named.named("x").order_by("-name").select_related("keeper")
    assert_type(again[0].keeper.mail, str)
    Keeper.objects.gone().filter(name="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Pet.soft.gone().order_by("nmae")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    found = await Product.all().select_related("category").named("x").annotate(n=Count("similar")).named("y")
    assert_type((found[0].category.title, found[0].n), tuple[str, int])
