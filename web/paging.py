"""The ways from one page of a list to others, for every list on a page of this product; see `assets/paging.py`."""

from typing import TypedDict

from django.http import HttpRequest

from assets.paging import FORMER_NAMES, PARAMETER, no_parameter


def only_parameters(request: HttpRequest, *parameters: str) -> None:
    """Refuse whatever else stands in the address.

    Raises:
        FilterError: naming the parameter.
    """
    for name in request.GET:
        if name not in parameters:
            raise no_parameter(name, parameters)


def no_former_name(request: HttpRequest) -> None:
    """Refuse the names that the cursor once had, and nothing else.

    For pages that everybody passes on: what a messenger adds to such an address must not close it.

    Raises:
        FilterError: naming the parameter.
    """
    for name in request.GET:
        if name in FORMER_NAMES:
            raise no_parameter(name, (PARAMETER,))


class Ways(TypedDict):
    """Addresses, empty where there is no such way: what `pager.html` shows."""

    first: str
    next: str


def ways(request: HttpRequest, following: str | None) -> Ways:
    """To the first page, when this is another one, and to the next, when there is one.

    Args:
        following: the cursor of the next page.
    """
    query = request.GET.copy()
    elsewhere = query.pop(PARAMETER, None) is not None
    first = f"?{query.urlencode()}" if elsewhere else ""
    if following is None:
        return {"first": first, "next": ""}
    query[PARAMETER] = following
    return {"first": first, "next": f"?{query.urlencode()}"}
