"""The declared policy, read from the committed page, with its scopes said again in plain words.

Nothing here asks the platform's own tables: `docs/policy-matrix.md` says which role holds which
permission on which rows, and `FIELDS` says what each kind of rows means. So a line that is missing
from a policy differs from what is declared, and the matrix fails.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emigrate.domains.demands.models import Allotment
from emigrate.domains.emigrants.models import AgentLink, Disclosure
from emigrate.foundation.actors import Actor

PAGE = Path(__file__).resolve().parents[2] / "docs" / "policy-matrix.md"

ISSUED = {"approved", "suspended", "cancelled", "used", "expired"}
RECRUITING = {"approved", "open", "filled"}
NOT_REGISTERED = {"draft", "otp_verified", "submitted", "mission_scrutiny", "queried",
                  "local_check", "rejected"}  # fmt: skip

# fmt: off
FIELDS: Mapping[str, tuple[str, str]] = {
    # kind of rows                     column of the row            of the actor
    "agent own":                       ("organisation_id",          "organisation_id"),
    "agent_application own":           ("organisation_id",          "organisation_id"),
    "agent_application in own office": ("office",                   "office"),
    "agent_application risen to own desk": ("held_by",              "role"),
    "capacity_tranche own":            ("organisation_id",          "organisation_id"),
    "guarantee own":                   ("organisation_id",          "organisation_id"),
    "allotment own":                   ("employer_organisation_id", "organisation_id"),
    "allotment of own agency":         ("agency_id",                "organisation_id"),
    "allotment in own country":        ("country",                  "country"),
    "bulk_request own":                ("user_id",                  "user_id"),
    "charge of own agency":            ("agency_id",                "organisation_id"),
    "charge for oneself":              ("person_id",                "person_id"),
    "claim own":                       ("person_id",                "person_id"),
    "claim in own country":            ("country",                  "country"),
    "clearance own":                   ("emigrant_id",              "person_id"),
    "clearance filed by own agency":   ("agency_id",                "organisation_id"),
    "clearance for own workers":       ("employer_organisation_id", "organisation_id"),
    "clearance in own office":         ("office",                   "office"),
    "clearance in own country":        ("country",                  "country"),
    "contract own":                    ("emigrant_id",              "person_id"),
    "contract of own agency":          ("agency_id",                "organisation_id"),
    "contract with own company":       ("employer_organisation_id", "organisation_id"),
    "contract in own office":          ("office",                   "office"),
    "contract in own country":         ("country",                  "country"),
    "credential own":                  ("person_id",                "person_id"),
    "credential of own agency":        ("agency_id",                "organisation_id"),
    "credential in own office":        ("office",                   "office"),
    "credential in own country":       ("country",                  "country"),
    "demand own":                      ("employer_organisation_id", "organisation_id"),
    "demand in own country":           ("country",                  "country"),
    "departure own":                   ("person_id",                "person_id"),
    "departure of own agency":         ("agency_id",                "organisation_id"),
    "departure to own country":        ("country",                  "country"),
    "document handed in":              ("created_by",               "user_id"),
    "document of own organisation":    ("organisation_id",          "organisation_id"),
    "document in own country":         ("country",                  "country"),
    "employer own":                    ("organisation_id",          "organisation_id"),
    "employer in own country":         ("country",                  "country"),
    "membership own":                  ("user_id",                  "user_id"),
    "off_load own":                    ("person_id",                "person_id"),
    "off_load of own agency":          ("agency_id",                "organisation_id"),
    "off_load in own office":          ("office",                   "office"),
    "off_load by own hand":            ("officer_id",               "user_id"),
    "payment by own organisation":     ("payer_organisation_id",    "organisation_id"),
    "payment for oneself":             ("person_id",                "person_id"),
    "policy own":                      ("person_id",                "person_id"),
    "policy of own agency":            ("agency_id",                "organisation_id"),
    "policy in own office":            ("office",                   "office"),
    "policy in own country":           ("country",                  "country"),
    "session own":                     ("user_id",                  "user_id"),
    "user themselves":                 ("pk",                       "user_id"),
}
# fmt: on


def read_page(text: str) -> dict[tuple[str, str, str], str]:
    """(subject, permission, role) -> the kind of rows."""
    declared: dict[tuple[str, str, str], str] = {}
    subject, roles = "", []
    for line in text.splitlines():
        if line.startswith("## "):
            subject = line.removeprefix("## ")
        if not line.startswith("| "):
            continue
        name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        if name == "permission":
            roles = cells
            continue
        pairs = zip(roles, cells, strict=True)
        declared |= {(subject, name, role): cell for role, cell in pairs if cell}
    return declared


@dataclass
class Declared:
    """The page, and what its scopes need to know of the rows: who is linked and shown to whom."""

    table: Mapping[tuple[str, str, str], str]
    links: set[tuple[int, int]] = field(default_factory=set)
    shown: set[tuple[int, int | str]] = field(default_factory=set)
    holders: set[tuple[int, int]] = field(default_factory=set)

    @classmethod
    def load(cls) -> "Declared":
        """Read the page and the relations; as the platform."""
        links = AgentLink.objects.filter(ended_at=None).values_list(
            "emigrant_id", "organisation_id"
        )
        shown = Disclosure.objects.filter(ended_at=None)
        return cls(
            read_page(PAGE.read_text(encoding="utf-8")),
            set(links),
            {(row.emigrant_id, row.organisation_id or row.country or "") for row in shown},
            set(Allotment.objects.values_list("demand_id", "agency_id")),
        )

    def role_may(self, actor: Actor, subject: str, permission: str) -> bool:
        """Whether the role holds the permission on any row at all."""
        return (subject, permission, str(actor.role)) in self.table

    def may(self, actor: Actor, subject: str, permission: str, row: Any) -> bool:
        """Whether this actor holds the permission on this row."""
        kind = self.table.get((subject, permission, str(actor.role)))
        if kind is None:
            return False
        if kind == "everywhere":
            return True
        named = f"{subject} {kind}"
        if named in FIELDS:
            of_row, of_actor = FIELDS[named]
            value = getattr(actor, of_actor)
            return value is not None and getattr(row, of_row) == value
        return _OTHERS[named](self, actor, row)


def _tied(pairs: set[Any], row: Any, to: object) -> bool:
    return to is not None and (row.pk, to) in pairs


def _received(row: Any, actor: Actor) -> bool:
    mine = (
        (row.person_id, actor.person_id),
        (row.user_id, actor.user_id),
        (row.organisation_id, actor.organisation_id),
    )
    if any(named is not None and named == own for named, own in mine):
        return True
    if any(named is not None for named, _ in mine):
        return False
    return (
        row.office in {None, actor.office}
        and row.country in {None, actor.country}
        and row.role in {"", actor.role}
    )


def _owner_of_document(row: Any, actor: Actor) -> bool:
    return (actor.person_id is not None and row.person_id == actor.person_id) or (
        row.created_by == actor.user_id
    )


def _in_organisation(row: Any, actor: Actor) -> bool:
    return (
        actor.organisation_id is not None
        and row.memberships.filter(organisation_id=actor.organisation_id).exists()
    )


_OTHERS: Mapping[str, Callable[[Declared, Actor, Any], bool]] = {
    "clearance issued": lambda _, __, row: row.state in ISSUED,
    "demand approved": lambda _, __, row: row.state in RECRUITING,
    "demand allotted to own agency": lambda known, actor, row: _tied(
        known.holders, row, actor.organisation_id
    ),
    "document own": lambda _, actor, row: _owner_of_document(row, actor),
    "emigrant own": lambda _, actor, row: (
        row.pk == actor.person_id
        or (row.created_by == actor.user_id and row.registered_through == "self")
    ),
    "emigrant linked": lambda known, actor, row: _tied(known.links, row, actor.organisation_id),
    "emigrant assisted": lambda _, actor, row: (
        row.created_by == actor.user_id and row.registered_through == "centre"
    ),
    "emigrant disclosed": lambda known, actor, row: _tied(known.shown, row, actor.organisation_id),
    "emigrant disclosed to mission": lambda known, actor, row: _tied(
        known.shown, row, actor.country
    ),
    "employer registered": lambda _, __, row: row.state not in NOT_REGISTERED,
    "membership own and colleagues": lambda _, actor, row: (
        row.user_id == actor.user_id
        or (actor.organisation_id is not None and row.organisation_id == actor.organisation_id)
    ),
    "notification received": lambda _, actor, row: _received(row, actor),
    "payment by oneself": lambda _, actor, row: (
        actor.person_id is not None
        and row.person_id == actor.person_id
        and row.payer_organisation_id is None
    ),
    "user own staff": lambda _, actor, row: row.pk == actor.user_id or _in_organisation(row, actor),
}
