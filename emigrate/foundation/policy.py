"""Who may do what, to which rows: one table a subject, one scope for 'list' and for 'may I?'.

A missing identity matches nothing (never `IS NULL`). Row-level security in the database is the
floor under these tables (`foundation/database/rows.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotPermitted

Scope: TypeAlias = Callable[[Actor], Q]
M = TypeVar("M", bound=Model)

POLICIES: dict[str, "PolicyTable"] = {}
"""Every table by its subject, for the printed matrix."""


def only(**fields: object) -> Q:
    """Rows equal on these fields; an unknown (None) identity matches nothing."""
    return Q(pk__in=[]) if None in fields.values() else Q(**fields)


def everywhere(actor: Actor) -> Q:
    """Every row; for roles whose duty is the whole register."""
    del actor
    return Q()


def if_exists(rows: QuerySet[M]) -> Q:
    """Rows for which the inner query (with OuterRef) finds something."""
    return Q(Exists(rows))


def outer(name: str) -> OuterRef:
    """The outer row's column inside `if_exists`."""
    return OuterRef(name)


@dataclass(frozen=True)
class PolicyTable:
    """Permission -> role -> rows. Registered under its subject when it is made."""

    subject: str
    rules: Mapping[str, Mapping[Any, Scope]]  # keys: roles, which are strings
    _registered: None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.subject in POLICIES:
            message = f"two policy tables for {self.subject}"
            raise ValueError(message)
        POLICIES[self.subject] = self

    def scope(self, actor: Actor, permission: str) -> Q | None:
        """The rows on which this actor holds the permission; None when the role never does."""
        rule = self.rules[permission].get(actor.role)
        return None if rule is None else rule(actor)

    def narrow(self, rows: QuerySet[M], actor: Actor, permission: str) -> QuerySet[M]:
        """The part of `rows` on which this actor holds the permission."""
        scope = self.scope(actor, permission)
        return rows.none() if scope is None else rows.filter(scope)

    def allows(self, actor: Actor, permission: str, row: Model) -> bool:
        """May this actor do it to this row? Asked of the database."""
        rows = type(row)._default_manager.filter(pk=row.pk)  # noqa: SLF001 - Django's public name
        return self.narrow(rows, actor, permission).exists()

    def require(self, actor: Actor, permission: str, row: Model) -> None:
        """Raise NotPermitted unless `allows`."""
        if not self.allows(actor, permission, row):
            raise NotPermitted(permission=f"{self.subject}.{permission}", role=actor.role)

    def require_role(self, actor: Actor, permission: str) -> None:
        """Raise NotPermitted when the role never holds the permission (for creating rows)."""
        if self.scope(actor, permission) is None:
            raise NotPermitted(permission=f"{self.subject}.{permission}", role=actor.role)
