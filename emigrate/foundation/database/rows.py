"""Row-level security, declared beside each policy table and forced in the database.

A condition is SQL over the row's own columns and the functions below; they read the settings that
`transactions.acting` makes, and an absent identity is NULL, so with no actor nothing is seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EVERY_ROW = "true"
ANY_ROLE = "*"
"""In a rule: every role that is not named; still nothing without an actor."""

OWN_USER = "actor_user()"
OWN_ORGANISATION = "actor_organisation()"
OWN_OFFICE = "actor_office()"
OWN_COUNTRY = "actor_country()"
OWN_PERSON = "actor_person()"

ROWS: dict[str, "RowSecurity"] = {}
"""Every declared table, by its name in the database."""

OPEN_TABLES: dict[str, str] = {}
"""Tables without personal or tenant data, each with the reason why it needs no row security."""

OPEN_VERBS: dict[str, str] = {}
"""What the application may do to an open table besides reading: SQL verbs, or nothing."""


@dataclass(frozen=True)
class RowSecurity:
    """Role -> SQL condition for reading a table's rows, and for writing them (default: the same).

    `append_only` leaves out the UPDATE grant; `erasable` adds the DELETE grant. `guard` names the
    trigger function that must see every row, whoever acts. `searched_as` names a view of all rows
    for whoever acts, nobody else: a row's condition would keep PostgreSQL from an index whose
    operator could leak.
    """

    table: str
    read: Mapping[Any, str]  # a mapping's key type does not vary: Role is a str
    write: Mapping[Any, str] | None = None  # as above
    append_only: bool = False
    erasable: bool = False
    guard: str = ""
    searched_as: str = ""
    _registered: None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.table in ROWS:
            message = f"two row securities for {self.table}"
            raise ValueError(message)
        ROWS[self.table] = self

    def condition(self, *, writing: bool) -> str:
        """The policy's SQL: the row's condition for the acting role, false for any other."""
        rules = self.read if not writing or self.write is None else self.write
        if not rules:
            return "false"
        named = sorted((role, sql) for role, sql in rules.items() if role != ANY_ROLE)
        cases = " ".join(f"WHEN '{role}' THEN ({sql})" for role, sql in named)
        rest = f"actor_role() IS NOT NULL AND ({rules[ANY_ROLE]})" if ANY_ROLE in rules else "false"
        return f"CASE actor_role() {cases} ELSE {rest} END" if cases else rest

    @property
    def verbs(self) -> str:
        """What the application is granted besides reading."""
        update = [] if self.append_only else ["UPDATE"]
        return ", ".join(["INSERT", *update, *(["DELETE"] if self.erasable else [])])


def open_table(table: str, reason: str, *, verbs: str) -> None:
    """Say why a table needs no row security, and what the application writes there.

    The catalogue test accepts only these. `verbs` is "" for tables that the owner alone fills.
    """
    OPEN_TABLES[table] = reason
    OPEN_VERBS[table] = verbs
