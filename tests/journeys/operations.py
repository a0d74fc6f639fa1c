"""What every operation of the API is tried on, and by which declared permission it is judged."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db.models import Model

from emigrate.domains.accounts.models import (
    AccessToken,
    BulkRequest,
    Membership,
    Organisation,
    User,
)
from emigrate.domains.agents.models import Agent, AgentApplication, CapacityTranche
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.contracts.models import Contract
from emigrate.domains.credentials.models import Credential
from emigrate.domains.demands.models import Allotment, Demand, PowerOfAttorney
from emigrate.domains.departures.models import Departure, OffLoad
from emigrate.domains.documents.models import Document
from emigrate.domains.emigrants.models import Emigrant, Passport, PossibleDuplicate, ReadRecord
from emigrate.domains.employers.models import Employer
from emigrate.domains.insurance.models import Claim, Policy, Reconciliation
from emigrate.domains.notifications.models import Message
from emigrate.domains.payments.models import Charge, Order, Receipt
from emigrate.foundation.workflow import WORKFLOWS
from tests.journeys.bodies import body, names_of, schemas
from tests.journeys.population import Population

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "api" / "openapi.json"
Route = tuple[str, str]

# fmt: off
LISTS: Mapping[str, tuple[type[Model], str, str, bool]] = {
    # address                   rows              subject              named by      all of them
    "/tokens":                  (AccessToken,      "session",           "id",         True),
    "/organisations":           (Organisation,     "organisation",      "id",         True),
    "/memberships":             (Membership,       "membership",        "id",         True),
    "/notifications":           (Message,          "notification",      "id",         True),
    "/agents":                  (Agent,            "agent",             "reference",  True),
    "/capacity-tranches":       (CapacityTranche,  "capacity_tranche",  "reference",  True),
    "/agent-applications":      (AgentApplication, "agent_application", "reference",  True),
    "/queues/agent-applications": (AgentApplication, "agent_application", "reference", False),
    "/queues/agent-examinations": (AgentApplication, "agent_application", "reference", False),
    "/employers":               (Employer,         "employer",          "reference",  True),
    "/queues/employers":        (Employer,         "employer",          "reference",  False),
    "/demands":                 (Demand,           "demand",            "reference",  True),
    "/queues/demands":          (Demand,           "demand",            "reference",  False),
    "/allotments":              (Allotment,        "allotment",         "id",         True),
    "/emigrants":               (Emigrant,         "emigrant",          "reference",  True),
    "/doubts":                  (PossibleDuplicate, "emigrant",         "id",         True),
    "/contracts":               (Contract,         "contract",          "reference",  True),
    "/payments":                (Order,            "payment",           "reference",  True),
    "/queues/payments":         (Order,            "payment",           "reference",  False),
    "/receipts":                (Receipt,          "payment",           "number",     True),
    "/charges":                 (Charge,           "charge",            "id",         True),
    "/policies":                (Policy,           "policy",            "reference",  True),
    "/claims":                  (Claim,            "claim",             "number",     True),
    "/insurance/reconciliations": (Reconciliation, "reconciliation",    "id",         True),
    "/documents":               (Document,         "document",          "reference",  True),
    "/queues/documents":        (Document,         "document",          "reference",  False),
    "/clearances":              (Clearance,        "clearance",         "reference",  True),
    "/queues/clearances":       (Clearance,        "clearance",         "reference",  False),
    "/queues/clearances/again": (Clearance,        "clearance",         "reference",  False),
    "/queues/clearances/mine":  (Clearance,        "clearance",         "reference",  False),
    "/departures":              (Departure,        "departure",         "reference",  True),
    "/off-loads":               (OffLoad,          "off_load",          "reference",  True),
}

KINDS: Mapping[str, tuple[type[Model], str]] = {
    # the address's part         rows             subject by which a reader is judged
    "/agents/{reference}":             (Agent,            "agent"),
    "/capacity-tranches/{reference}":  (CapacityTranche,  "capacity_tranche"),
    "/agent-applications/{reference}": (AgentApplication, "agent_application"),
    "/employers/{reference}":          (Employer,         "employer"),
    "/demands/{reference}":            (Demand,           "demand"),
    "/emigrants/{reference}":          (Emigrant,         "emigrant"),
    "/contracts/{reference}":          (Contract,         "contract"),
    "/payments/{reference}":           (Order,            "payment"),
    "/policies/{reference}":           (Policy,           "policy"),
    "/documents/{reference}":          (Document,         "document"),
    "/clearances/{reference}":         (Clearance,        "clearance"),
    "/allotments/{allotment}":         (Allotment,        "allotment"),
    "/attorneys/{attorney}":           (PowerOfAttorney,  "demand"),
    "/passports/{passport}":           (Passport,         "emigrant"),
    "/doubts/{doubt}":                 (PossibleDuplicate, "emigrant"),
    "/memberships/{membership}":       (Membership,       "membership"),
    "/users/{user}":                   (User,             "user"),
    "/tokens/{token}":                 (AccessToken,      "session"),
    "/notifications/{notification}":   (Message,          "notification"),
    "/charges/{charge}":               (Charge,           "charge"),
    "/bulk/{bulk}":                    (BulkRequest,      "bulk_request"),
}

IN_BODY: Mapping[Route, tuple[type[Model], str, str]] = {
    # made for a row that the body names: rows, member, subject by which the asker must see it
    ("POST", "/demands"):         (Employer,   "employer",   "employer"),
    ("POST", "/contracts"):       (Emigrant,   "emigrant",   "emigrant"),
    ("POST", "/clearances"):      (Contract,   "contract",   "contract"),
    ("POST", "/policies"):        (Contract,   "contract",   "contract"),
    ("POST", "/charges"):         (Emigrant,   "emigrant",   "emigrant"),
    ("POST", "/documents"):       (Emigrant,   "emigrant",   "emigrant"),
    ("POST", "/tokens"):          (Membership, "membership", "membership"),
    ("POST", "/allotments"):      (Demand,     "line",       "demand"),
    ("POST", "/departures"):      (Clearance,  "reference",  "clearance"),
    ("POST", "/emigrants/find"):  (Emigrant,   "passport_number", "emigrant"),
}

BY_ROLE: Mapping[Route, str] = {
    ("POST", "/organisations"):        "makes a row of its own",
    ("POST", "/users"):                "makes a row of its own",
    ("POST", "/memberships"):          "of any user, by who administers them all",
    ("POST", "/staff"):                "in the asker's own agency",
    ("POST", "/agent-applications"):   "of the asker's own agency",
    ("POST", "/employers"):            "of the asker's own company or country",
    ("POST", "/emigrants"):            "makes a row of its own",
    ("POST", "/emigrants/bulk"):       "makes rows of its own",
    ("POST", "/clearances/bulk"):      "each row is judged by itself, like POST /clearances",
    ("POST", "/emigrants/{reference}/send-code"): "an agency may ask anybody, and learns nothing",
    ("POST", "/emigrants/search"):     "shows what the asker may open",
    ("POST", "/queues/clearances/next"): "the first of the asker's own office",
    ("POST", "/counter/check"):        "the counter asks about anybody",
    ("POST", "/off-loads"):            "the counter notes anybody",
}

BY_CODE = ("POST", "/emigrants/{reference}/link")
"""An agency proves the person's agreement by the code that the person was sent, and has none."""

# fmt: on

ABOUT_ONESELF = {("GET", "/me"), ("GET", "/readings")}


@dataclass(frozen=True)
class Target:
    """One row on which an operation is tried: its address, its body, and what judges the asker."""

    route: Route
    path: str
    body: dict[str, Any] | None
    judged: tuple[tuple[str, str, Any], ...] = ()
    """(subject, permission, row): all must hold; the first must be `view` for 403 over 404."""
    tenant: int | None = None
    row: Any = None
    begins_here: bool = True
    """Whether the row is in a state in which the step is open."""


@dataclass
class Operations:
    """Every operation with its declared permission and its targets."""

    population: Population
    permissions: dict[Route, str] = field(default_factory=dict)
    schemas: dict[Route, dict[str, Any]] = field(default_factory=schemas)
    names: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                route = (method.upper(), path.removeprefix("/v1"))
                self.permissions[route] = operation["x-permission"]
        self.names = [names_of(self.population, number) for number in (0, 1)]

    def targets(self, route: Route) -> list[Target]:
        """What the operation is tried on: rows of both tenants."""
        kind = next((k for k in KINDS if route[1].startswith(k)), None)
        if kind is not None:
            return self._on_rows(route, kind)
        if route in IN_BODY:
            return [self._for_named(route, number) for number in (0, 1)]
        return [
            Target(route, route[1], self._body(route, number), tenant=number) for number in (0, 1)
        ]

    def _on_rows(self, route: Route, kind: str) -> list[Target]:
        model, subject = KINDS[kind]
        found = []
        for number, rows in enumerate(self._rows(model, route, subject)):
            for row in rows:
                key = str(row.reference if "{reference}" in kind else row.pk)
                start = kind[: kind.index("{")]
                path = start + key + route[1].removeprefix(kind)
                found.append(
                    Target(
                        route,
                        path,
                        self._body(route, number),
                        self._judges(route, subject, row),
                        number,
                        row,
                        _begins(route, subject, row),
                    )
                )
        return found

    def _rows(self, model: type[Model], route: Route, subject: str) -> list[list[Any]]:
        """At most two rows of each tenant: one in which the step is open, and the workers' own."""
        chosen: list[list[Any]] = []
        everything = list(model._default_manager.order_by("pk"))
        for number in (0, 1):
            mine = [row for row in everything if self.tenant_of(row) == number]
            usable = [row for row in mine if self._usable(route, row)]
            first = [row for row in usable if _begins(route, subject, row)] or usable
            worker = self.population.residents[number].actor.person_id
            own = [row for row in usable if _person(row) == worker]
            picked = {row.pk: row for row in (*first[:1], *own[:1])}
            chosen.append(list(picked.values()))
        return chosen

    def _usable(self, route: Route, row: Any) -> bool:
        if self.permissions[route].startswith("credential."):
            return Credential.objects.filter(subject_reference=row.reference).exists()
        if self.permissions[route] in {"departure.arrive", "departure.return"}:
            return bool(row.state == "used")
        return True

    def _judges(self, route: Route, subject: str, row: Any) -> tuple[tuple[str, str, Any], ...]:
        judge, _, permission = self.permissions[route].partition(".")
        if judge == "credential":
            row = Credential.objects.get(subject_reference=row.reference)
            return (("credential", "view", row), ("credential", permission, row))
        if judge == "departure":
            row = Departure.objects.get(clearance=row)
            return (("departure", "view", row), ("departure", permission, row))
        if isinstance(row, Passport | PossibleDuplicate):
            row = row.emigrant
        if isinstance(row, PowerOfAttorney):
            row = row.demand
        if judge != subject:
            return ((subject, "view", row), (judge, permission, None))
        return ((subject, "view", row), (subject, permission, row))

    def _for_named(self, route: Route, number: int) -> Target:
        model, member, subject = IN_BODY[route]
        judge, _, permission = self.permissions[route].partition(".")
        key = self.names[number].get(member)
        if member == "reference":
            key = self.population.village.references["approved"][number]
        rows = model._default_manager
        column = "lines__pk" if member == "line" else "pk" if isinstance(key, int) else "reference"
        wanted = self.names[number]["emigrant"] if member == "passport_number" else key
        row = rows.get(**{column: wanted})
        given = self._body(route, number, **{member: key})
        judged = ((subject, "view", row), (judge, permission, row if judge == subject else None))
        return Target(route, route[1], given, judged, number, row)

    def _body(self, route: Route, number: int, **more: Any) -> dict[str, Any] | None:
        if route[0] == "GET":
            return None
        return body(self.schemas[route], {**self.names[number], **more})

    def tenant_of(self, row: Any) -> int | None:
        """Whose a row is: by organisation, office, country, person or account; None: nobody's."""
        if isinstance(row, Emigrant | User):
            return self._owners["person" if isinstance(row, Emigrant) else "user"].get(row.pk)
        for name, of in _TENANCY:
            value = getattr(row, name, None)
            if value is not None and value in self._owners[of]:
                return self._owners[of][value]
        return None

    @cached_property
    def _owners(self) -> dict[str, dict[Any, int]]:
        return _owners(self.population)


_TENANCY = (
    ("agency_id", "organisation"),
    ("organisation_id", "organisation"),
    ("employer_organisation_id", "organisation"),
    ("payer_organisation_id", "organisation"),
    ("office", "office"),
    ("country", "country"),
    ("emigrant_id", "person"),
    ("person_id", "person"),
    ("clearance_id", "clearance"),
    ("order_id", "order"),
    ("user_id", "user"),
    ("officer_id", "user"),
)


def _owners(population: Population) -> dict[str, dict[Any, int]]:
    owners: dict[str, dict[Any, int]] = {
        name: {} for name in ("organisation", "office", "country", "person", "user",
                              "clearance", "order")
    }  # fmt: skip
    for number, tenant in enumerate(population.village.tenants):
        office, country = tenant.agency.office, tenant.company.case.country
        organisations = {
            row.organisation_id
            for rows in (
                Agent.objects.filter(office=office),
                AgentApplication.objects.filter(office=office),
                Employer.objects.filter(country=country),
            )
            for row in rows
        }
        owners["organisation"] |= dict.fromkeys(organisations, number)
        owners["office"][office] = number
        owners["country"][country] = number
        people = Emigrant.objects.filter(links__organisation__in=organisations)
        owners["person"] |= dict.fromkeys(people.values_list("pk", flat=True), number)
        own = Clearance.objects.filter(office=office)
        owners["clearance"] |= dict.fromkeys(own.values_list("pk", flat=True), number)
        orders = Order.objects.filter(payer_organisation__in=organisations)
        owners["order"] |= dict.fromkeys(orders.values_list("pk", flat=True), number)
    for resident in population.residents:
        owners["user"][resident.actor.user_id] = resident.tenant
    return owners


def _person(row: Any) -> int | None:
    if isinstance(row, Emigrant):
        return int(row.pk)
    return getattr(row, "emigrant_id", None) or getattr(row, "person_id", None)


CALLED = {"forward": "forward_unchanged"}
"""Steps that the API calls by a shorter name."""


def _begins(route: Route, subject: str, row: Any) -> bool:
    workflow = next((w for w in WORKFLOWS.values() if w.policy.subject == subject), None)
    path = route[1].rsplit("/", 1)[1].replace("-", "_")
    verb = CALLED.get(path, path)
    if workflow is None or verb.startswith("{"):
        return True
    starts = {state for step in workflow.steps if step.verb == verb for state in step.starts}
    return not starts or row.state in starts


RELATED = {Receipt: "order", PossibleDuplicate: "emigrant", ReadRecord: "emigrant"}
"""Rows that are judged by the row they belong to."""
