"""Opening a person's sealed fields: asked for with a purpose, and the reading is recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import CharField, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from emigrate.domains.emigrants.models import Emigrant, ReadRecord
from emigrate.domains.emigrants.policies import EMIGRANT_POLICY
from emigrate.domains.emigrants.queries.sealed import (
    CONTACT,
    IDENTITY,
    NUMBER,
    Contact,
    Identity,
    Key,
    Relative,
)
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound
from emigrate.foundation.models import WrappedKey
from emigrate.foundation.transactions import acting, now

LONGEST_PURPOSE = 60

_READ = """
INSERT INTO emigrants_readrecord
  (emigrant_id, role, user_id, organisation_id, office, purpose, request_id, at)
SELECT person, %s, %s, %s, %s, %s, %s, %s FROM unnest(%s::bigint[]) AS person
"""


@dataclass(frozen=True, slots=True, repr=False)
class Personal:
    """A person with every sealed field opened; never logged, never kept.

    `passport_number` is empty and `passport_expires` None without a current passport. `name_mrz`
    is the name field of the machine-readable zone without its fillers at the end.
    """

    emigrant_id: int
    reference: str
    given_names: str
    surname: str
    local_name: str
    birth_date: date
    sex: str
    nationality: str
    years_abroad_since_18: int
    language: str
    state_code: str
    district_code: str
    father_name: str
    mother_name: str
    spouse_name: str
    phone: str
    family_phone: str
    address: str
    nominee: Relative | None
    emergency: Relative | None
    passport_number: str
    passport_category: str
    passport_expires: date | None
    name_mrz: str

    @property
    def full_name(self) -> str:
        """Given names and surname."""
        return f"{self.given_names} {self.surname}".strip()


def personal(emigrant_id: int, *, actor: Actor, purpose: str) -> Personal:
    """Everything about a person whom the actor may open; the reading is recorded with it.

    One SELECT and one INSERT, in the caller's transaction or in one of its own. NotFound also
    when the person is not theirs to open.
    """
    with acting(actor):
        row = _rows(actor).filter(pk=emigrant_id).first()
        if row is None:
            raise NotFound(subject="emigrant")
        opened = _opened(row)
        record_reading([emigrant_id], actor=actor, purpose=purpose)
    return opened


def record_reading(emigrant_ids: Iterable[int], *, actor: Actor, purpose: str) -> None:
    """Keep who opened these persons' fields, when and what for, in the running transaction."""
    if not purpose.strip():
        message = "a reading needs its purpose"
        raise ValueError(message)
    read = (actor.role, actor.user_id, actor.organisation_id, actor.office)
    why = (purpose[:LONGEST_PURPOSE], actor.request_id[:64], now())
    with connection.cursor() as cursor:
        # Not by the model: its INSERT asks for the row back, which the reader may not see.
        cursor.execute(_READ, [*read, *why, list(emigrant_ids)])


def readings_for(actor: Actor) -> QuerySet[ReadRecord]:
    """Who looked at the person, newest first: for the person and for the auditor."""
    rows = ReadRecord.objects.order_by("-at", "-id")
    if actor.role == "emigrant":
        return rows.filter(emigrant_id=actor.person_id)
    return rows if actor.role in ("auditor", "system") else rows.none()


def wrapped_key() -> Subquery:
    """The person's wrapped key beside the row, so that opening needs no query of its own."""
    subject = Concat(Value("person:"), Cast(OuterRef("pk"), CharField()))
    return Subquery(WrappedKey.objects.filter(subject=subject).values("wrapped"))


def identity_of(emigrant: Emigrant) -> Identity:
    """The identity of a row that a verb already holds; for checks that show nothing to anybody."""
    text = _key(emigrant.pk).open(IDENTITY, emigrant.seal_id, emigrant.identity_sealed)
    return Identity.of_text(text)


def contact_of(emigrant: Emigrant) -> Contact:
    """The contact of a row that a verb already holds."""
    text = _key(emigrant.pk).open(CONTACT, emigrant.seal_id, emigrant.contact_sealed)
    return Contact.of_text(text)


def _key(person_id: int) -> Key:
    rows = WrappedKey.objects.filter(subject=f"person:{person_id}")
    return Key(person_id, rows.values_list("wrapped", flat=True).first())


def _rows(actor: Actor) -> QuerySet[Emigrant, dict[str, Any]]:  # the columns are of many types
    current = FilteredRelation("passports", condition=Q(passports__current=True))
    rows = EMIGRANT_POLICY.narrow(Emigrant.objects.all(), actor, "open")
    return rows.annotate(
        current=current,
        wrapped=wrapped_key(),
        number_sealed=F("current__number_sealed"),
        number_seal_id=F("current__seal_id"),
        category=F("current__category"),
        expires_on=F("current__expires_on"),
    ).values(
        "pk", "reference", "sex", "nationality", "years_abroad_since_18", "language",
        "state_code", "district_code", "seal_id", "identity_sealed", "contact_sealed", "wrapped",
        "number_sealed", "number_seal_id", "category", "expires_on",
    )  # fmt: skip


def _opened(row: dict[str, Any]) -> Personal:
    key = Key(row["pk"], row["wrapped"])
    seal_id: UUID = row["seal_id"]
    identity = Identity.of_text(key.open(IDENTITY, seal_id, row["identity_sealed"]))
    contact = Contact.of_text(key.open(CONTACT, seal_id, row["contact_sealed"]))
    sealed = row["number_sealed"]
    return Personal(
        emigrant_id=row["pk"],
        reference=row["reference"],
        given_names=identity.given_names,
        surname=identity.surname,
        local_name=identity.local_name,
        birth_date=identity.birth_date,
        sex=row["sex"],
        nationality=row["nationality"],
        years_abroad_since_18=row["years_abroad_since_18"],
        language=row["language"],
        state_code=row["state_code"],
        district_code=row["district_code"],
        father_name=identity.father_name,
        mother_name=identity.mother_name,
        spouse_name=identity.spouse_name,
        phone=contact.phone,
        family_phone=contact.family_phone,
        address=contact.address,
        nominee=contact.nominee,
        emergency=contact.emergency,
        passport_number=key.open(NUMBER, row["number_seal_id"], sealed) if sealed else "",
        passport_category=row["category"] or "",
        passport_expires=row["expires_on"],
        name_mrz=identity.name_mrz,
    )
