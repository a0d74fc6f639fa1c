"""One kind of case in the API: its list, its look-up, and its steps as rows of a table.

A step is a body and an action: the body's members are the action's keyword arguments, which is
checked when the module is imported.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from emigrate.api.fields import CaseOut, In, Out, Reference
from emigrate.api.pages import USUAL, Cursor, Limit, page, page_of
from emigrate.api.routes import Call, Operation, Routes, Rows
from emigrate.foundation.errors import NotFound, ReasonRequired


@dataclass(frozen=True, slots=True)
class Verb:
    """One step of a case: `POST .../{reference}/<path>` with a body calls the action.

    The case is answered, or what `shown` makes of the action's result. With `keeps_refusal` what
    the action wrote before it refused stays written (a wrong code counts as a try).
    """

    path: str
    body: type[In]
    act: Callable[..., Any]
    shown: type[Out] | None = None
    show: Callable[[Any], Out] | None = None
    keeps_refusal: bool = False


@dataclass(frozen=True)
class Cases:
    """One kind of case: `rows` are the domain's own "<rows>_for(actor)", `shown` its schema."""

    routes: Routes
    base: str
    rows: Rows
    shown: type[CaseOut]
    states: type[Any]  # a TextChoices

    def list(self) -> None:
        """The cases that the actor may see, newest first, of one state if asked."""
        rows, shown, states = self.rows, self.shown, self.states

        def listed(
            call: Call,
            state: str | None = None,
            limit: Limit = USUAL,
            cursor: Cursor | None = None,
        ) -> Out:
            found = rows(call.actor)
            found = found if state is None else found.filter(state=state)
            return page(found, shown.of, limit=limit, cursor=cursor)

        listed.__annotations__["state"] = states | None
        listed.__doc__ = "The cases that you may see, newest first."
        self.routes.add(Operation("GET", self.base, page_of(shown)), listed)

    def look_up(
        self, shown: type[Out] | None = None, show: Callable[..., Out] | None = None
    ) -> None:
        """One case by its reference; `show(reference, actor)` shows more than the list does."""
        rows, listed_as = self.rows, self.shown

        def looked_up(call: Call, reference: Reference) -> Out:
            if show is not None:
                return show(reference, call.actor)
            return listed_as.of(one(rows(call.actor), reference))

        looked_up.__doc__ = "One case; 404 also when it is not yours to see."
        path = f"{self.base}/{{reference}}"
        self.routes.add(Operation("GET", path, shown or self.shown), looked_up)

    def steps(self, verbs: Sequence[Verb]) -> None:
        """The steps of the case, each one action."""
        for verb in verbs:
            self._step(verb)

    def _step(self, verb: Verb) -> None:
        _check(verb)
        show = verb.show or (self.shown.of if verb.shown is None else verb.shown.of)  # type: ignore[attr-defined]  # every shown class of a verb has `of`

        def step(call: Call, reference: Reference, body: In) -> Out:
            try:
                result = verb.act(reference, **body.arguments(), actor=call.actor)
            except ReasonRequired as refusal:
                refusal.errors = list(_blank(body, refusal))
                raise
            return show(result)

        step.__annotations__["body"] = verb.body
        step.__doc__ = inspect.getdoc(verb.act)
        path = f"{self.base}/{{reference}}/{verb.path}"
        operation = Operation(
            "POST",
            path,
            verb.shown or self.shown,
            rows=self.rows,
            keeps_refusal=verb.keeps_refusal,
        )
        self.routes.add(operation, step)


def one(rows: QuerySet[Any], reference: str) -> Any:  # a case of the rows' kind
    """The case of this reference; NotFound also when it is not theirs to see."""
    found = rows.filter(reference=reference).first()
    if found is None:
        raise NotFound(reference=reference)
    return found


def _blank(body: In, refusal: ReasonRequired) -> Iterator[Mapping[str, str]]:
    """The members of the body in which the words that were asked for are missing."""
    for name, value in body:
        if isinstance(value, str) and not value.strip():
            yield {"pointer": f"/{name}", "code": refusal.reason_code, "message": refusal.message}


def _check(verb: Verb) -> None:
    """The body's members must be what the action takes; TypeError when the module is imported."""
    names = set(verb.body.model_fields)
    if verb.body.arguments is In.arguments:
        inspect.signature(verb.act).bind("reference", actor=None, **dict.fromkeys(names))
