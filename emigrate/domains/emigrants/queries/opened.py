"""Opening a person's sealed fields: asked for with a purpose, and the reading is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Func, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast

from emigrate.domains.emigrants.models import Emigrant, Passport, ReadRecord
from emigrate.domains.emigrants.policies import EMIGRANT_POLICY
from emigrate.domains.emigrants.queries.budget import require_budget
from emigrate.domains.emigrants.queries.sealed import (
    CONTACT,
    IDENTITY,
    NUMBER,
    Contact,
    Identity,
    Key,
    Relative,
    subject_of,
)
from emigrate.domains.reference.enums import Role
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
# The row, its current passport, its key and the record of the reading in one statement: written by
# hand because a clearance opens its person several times (by the ORM it took three times as long).
_OPEN = """
WITH person AS (
  SELECT e.id, e.reference, e.sex, e.nationality, e.years_abroad_since_18, e.language,
    e.state_code, e.district_code, e.seal_id, e.identity_sealed, e.contact_sealed, k.wrapped,
    p.number_sealed, p.seal_id AS number_seal_id, p.category, p.expires_on
  FROM emigrants_emigrant e
  LEFT JOIN emigrants_passport p ON p.emigrant_id = e.id AND p.current
  LEFT JOIN foundation_wrappedkey k ON k.subject = %s
  WHERE e.id = %s
), noted AS (
  INSERT INTO emigrants_readrecord
    (emigrant_id, role, user_id, organisation_id, office, purpose, request_id, at)
  SELECT person.id, %s, %s, %s, %s, %s, %s, %s FROM person
)
SELECT * FROM person
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

    One statement for the platform, one more for whoever has a reading budget and for whoever
    does not open every record; in the caller's transaction or in one of its own. NotFound also when
    the person is not theirs to open; ReadingBudgetSpent; ValueError without a purpose.
    """
    with acting(actor):
        _require_opening(emigrant_id, actor)
        require_budget([emigrant_id], actor=actor)
        asked: list[Any] = [subject_of(emigrant_id), emigrant_id]  # SQL parameters
        with connection.cursor() as cursor:
            cursor.execute(_OPEN, [*asked, *_reading(actor, purpose)])
            found = cursor.fetchone()
            names = [column.name for column in cursor.description]
        if found is None:
            raise NotFound(subject="emigrant")
        return _opened(dict(zip(names, found, strict=True)))


def _require_opening(emigrant_id: int, actor: Actor) -> None:
    scope = EMIGRANT_POLICY.scope(actor, "open")
    if scope is None or (scope and not Emigrant.objects.filter(scope, pk=emigrant_id).exists()):
        raise NotFound(subject="emigrant")


def record_reading(emigrant_ids: Sequence[int], *, actor: Actor, purpose: str) -> None:
    """Keep who opened these persons' fields, when and what for, in the running transaction.

    ReadingBudgetSpent if they are more than the account may open.
    """
    require_budget(emigrant_ids, actor=actor)
    with connection.cursor() as cursor:
        # Not by the model: its INSERT asks for the row back, which the reader may not see.
        cursor.execute(_READ, [*_reading(actor, purpose), list(emigrant_ids)])


def _reading(actor: Actor, purpose: str) -> list[Any]:  # SQL parameters
    if not purpose.strip():
        message = "a reading needs its purpose"
        raise ValueError(message)
    who = [actor.role, actor.user_id, actor.organisation_id, actor.office]
    return [*who, purpose[:LONGEST_PURPOSE], actor.request_id[:64], now()]


def readings_for(actor: Actor) -> QuerySet[ReadRecord]:
    """Who looked at the person, newest first: for the person and for the auditor."""
    rows = ReadRecord.objects.order_by("-at", "-id")
    if actor.role == Role.EMIGRANT and actor.person_id is not None:
        return rows.filter(emigrant_id=actor.person_id)
    return rows if actor.role in (Role.AUDITOR, Role.SYSTEM) else rows.none()


def wrapped_key(person: str = "pk") -> Subquery:
    """The person's wrapped key beside the row, so that opening needs no query of its own.

    `person` names the column that holds the person's id.

    The name is put together with `||` alone: Django's Concat adds COALESCE, and below row security
    PostgreSQL then reads the whole table of keys instead of one row by its index.
    """
    number = Cast(OuterRef(person), TextField())
    subject = Func(Value("person:"), number, template="(%(expressions)s)", arg_joiner=" || ",
                   output_field=TextField())  # fmt: skip
    return Subquery(WrappedKey.objects.filter(subject=subject).values("wrapped"))


def identity_of(emigrant: Emigrant) -> Identity:
    """The identity of a row that a verb already holds; for checks that show nothing to anybody."""
    text = _key(emigrant.pk).open(IDENTITY, emigrant.seal_id, emigrant.identity_sealed)
    return Identity.of_text(text)


def contact_of(emigrant: Emigrant) -> Contact:
    """The contact of a row that a verb already holds."""
    text = _key(emigrant.pk).open(CONTACT, emigrant.seal_id, emigrant.contact_sealed)
    return Contact.of_text(text)


def number_of(passport: Passport) -> str:
    """The number of a passport that a verb already holds."""
    return _key(passport.emigrant_id).open(NUMBER, passport.seal_id, passport.number_sealed)


def passport_numbers(passport_ids: Sequence[int], *, actor: Actor, purpose: str) -> dict[int, str]:
    """The numbers of these passports by id, for the platform; every reading is recorded.

    A person whose fields were erased is left out. NotPermitted for anybody else.
    """
    EMIGRANT_POLICY.require_role(actor, "keep")
    rows = Passport.objects.filter(pk__in=passport_ids).annotate(wrapped=wrapped_key("emigrant_id"))
    found = [row for row in rows.order_by("pk") if row.wrapped is not None]
    record_reading([row.emigrant_id for row in found], actor=actor, purpose=purpose)
    return {
        row.pk: Key(row.emigrant_id, bytes(row.wrapped)).open(
            NUMBER, row.seal_id, row.number_sealed
        )
        for row in found
    }


def _key(person_id: int) -> Key:
    rows = WrappedKey.objects.filter(subject=f"person:{person_id}")
    wrapped = rows.values_list("wrapped", flat=True).first()
    return Key(person_id, None if wrapped is None else bytes(wrapped))


def _opened(row: dict[str, Any]) -> Personal:
    key = Key(row["id"], row["wrapped"])
    seal_id: UUID = row["seal_id"]
    identity = Identity.of_text(key.open(IDENTITY, seal_id, row["identity_sealed"]))
    contact = Contact.of_text(key.open(CONTACT, seal_id, row["contact_sealed"]))
    sealed = row["number_sealed"]
    return Personal(
        emigrant_id=row["id"],
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
