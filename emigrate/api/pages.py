"""Lists in pages: an opaque cursor holds the sort key of the last row, so nothing is skipped."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from pydantic import Field

from emigrate.api.fields import Out
from emigrate.foundation.errors import InvalidInput

M = TypeVar("M", bound=Model)
O = TypeVar("O", bound=Out)  # noqa: E741 - an Out

USUAL, MOST = 30, 100
NEWEST_FIRST = ("-id",)

Limit = Annotated[int, Field(ge=1, le=MOST, description="Rows a page.")]
Cursor = Annotated[str, Field(max_length=400, description="`next` of the page before.")]


class Page(Out, Generic[O]):
    """One page; `next` asks for the page after it and is null on the last one."""

    items: list[O]
    next: str | None


@cache
def page_of(shown: type[O]) -> type[Page[O]]:
    """The page's schema, under a name that reads well in the documents."""
    name = f"{shown.__name__.removesuffix('Out')}Page"
    return type(name, (Page[shown],), {"__doc__": Page.__doc__})  # type: ignore[valid-type]  # made at run time


def page(
    rows: QuerySet[M],
    show: Callable[[M], O],
    *,
    limit: int,
    cursor: str | None,
    order: Sequence[str] = NEWEST_FIRST,
) -> Page[O]:
    """The page after `cursor`; the order's last column must be unique. InvalidInput."""
    if cursor is not None:
        rows = rows.filter(_after(rows.model, _values(rows.model, order, cursor), order))
    found = list(rows.order_by(*order)[: limit + 1])
    shown = [show(row) for row in found[:limit]]
    more = len(found) > limit
    return Page(items=shown, next=_cursor(found[limit - 1], order) if more else None)


def _cursor(row: Model, order: Sequence[str]) -> str:
    values = [getattr(row, name.lstrip("-")) for name in order]
    text = json.dumps([each.isoformat() if isinstance(each, date) else each for each in values])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _values(model: type[Model], order: Sequence[str], cursor: str) -> list[Any]:
    """The sort key in a cursor, each value checked by its own column."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values: list[Any] = json.loads(base64.urlsafe_b64decode(padded.encode()))
        return [
            _value(model, name.lstrip("-"), value)
            for name, value in zip(order, values, strict=True)
        ]
    except (ValueError, TypeError) as error:
        message = _("Use the value of next as it was given, or leave it out.")
        raise InvalidInput.at("/cursor", "cursor_malformed", message) from error


def _value(model: type[Model], name: str, value: Any) -> Any:  # columns are of many types
    if value is None:
        return None
    kind = model._meta.get_field(name).get_internal_type()  # noqa: SLF001 - Django's public name
    if kind == "DateTimeField":
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a moment without its offset")
        return moment
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError("not a row's number")
    return value


def _after(model: type[Model], values: Sequence[Any], order: Sequence[str]) -> Q:
    """Rows behind the sort key, empty values last: one comparison for each column."""
    behind, same, bound = Q(pk__in=[]), Q(), Q()
    for column, value in zip(order, values, strict=True):
        name = column.lstrip("-")
        nullable = model._meta.get_field(name).null  # noqa: SLF001 - Django's public name
        if value is None:
            same &= Q(**{f"{name}__isnull": True})
            continue
        side = "lt" if column.startswith("-") else "gt"
        further = Q(**{f"{name}__{side}": value})
        behind |= same & (further | Q(**{f"{name}__isnull": True}) if nullable else further)
        if column == order[0] and not nullable:
            bound = Q(**{f"{name}__{side}e": value})  # lets an index find where to begin
        same &= Q(**{name: value})
    return bound & behind
