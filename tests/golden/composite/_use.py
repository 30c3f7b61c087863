"""What type checkers know of many-to-many relations whose keys have several columns."""

from typing import assert_type

from models import Order, Place, Region, Route


async def use(route: Route, place: Place, order: Order, region: Region) -> None:
    await route.stops.add(place)
    await route.carried.remove(order)
    assert_type(await place.routes.all(), list[Route])
    assert_type(await Place.filter(routes__name__icontains="a", regions=region).first(), Place | None)
    assert_type(await Region.filter(places=place).count(), int)
    loaded = (await Region.all().prefetch_related("places__routes"))[0]
    assert_type([[one.name for one in each.routes] for each in loaded.places], list[list[str]])
    assert_type((await order.routes.all().values("name", "stops__country"))[0]["stops__country"], str | None)
    await route.stops.add(order)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Region.filter(places__nam="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Route.all().prefetch_related("stop")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
