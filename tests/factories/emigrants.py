"""Persons for tests: plain functions over the domain's own actions; invented names and numbers."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from emigrate.domains.accounts.models import Organisation
from emigrate.domains.emigrants.actions import (
    NewEmigrant,
    NewPassport,
    add_passport,
    record_passport_check,
    register_emigrant,
)
from emigrate.domains.emigrants.models import Emigrant, Passport
from emigrate.domains.emigrants.queries import Relative
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.identifiers.mrz import Passport as Printed
from emigrate.foundation.identifiers.mrz import write_td3
from emigrate.foundation.transactions import acting
from emigrate.ops.database import connect_as_superuser
from emigrate.partners.passport_registry.contract import (
    MatchScores,
    PassportAnswer,
    PassportResult,
    PassportStatus,
)
from tests.factories import agents

SYSTEM = Actor.system("test")
_number = count(1)

STRANGERS = 10_000_000
"""From here on numbers of persons who are only counted."""


def a_passport_number() -> str:
    """A number of the reserved series Z0, never the same twice in a run."""
    return f"Z0{next(_number):06d}"


def a_new_person(**changes: Any) -> NewEmigrant:
    """What a complete person says; every field can be changed."""
    from emigrate.domains.reference.models import District  # app ready

    district = District.objects.order_by("code").first()
    serial = next(_number)
    person = NewEmigrant(
        given_names="Ramesh Kumar",
        surname="Yadav",
        birth_date=date(1995, 3, 1 + serial % 28),
        sex="M",
        state_code=district.state_id,
        district_code=district.code,
        language="hi",
        local_name="रमेश कुमार यादव",
        phone=f"+9170000{serial:05d}",
        family_phone="7000099999",
        address="House 12, Specimen Road",
        nominee=Relative("Sita Yadav", "wife", "7000088888"),
        emergency=Relative("Mohan Yadav", "brother", "7000077777"),
    )
    return replace(person, **changes)


def a_new_passport(**changes: Any) -> NewPassport:
    """A passport requiring the emigration check, typed, valid for years."""
    passport = NewPassport(
        category="ecr",
        issued_on=date(2022, 1, 10),
        expires_on=date(2032, 1, 9),
        number=a_passport_number(),
    )
    return replace(passport, **changes)


def an_emigrant(*, actor: Actor = SYSTEM, **changes: Any) -> Emigrant:
    """A registered person, with a current passport unless told `passport=None`."""
    changes.setdefault("passport", a_new_passport())
    return register_emigrant(a_new_person(**changes), actor=actor)


def a_passport(person: Emigrant, *, actor: Actor = SYSTEM, **changes: Any) -> Passport:
    """A further passport of a person, which becomes the current one."""
    return add_passport(person.reference, a_new_passport(**changes), actor=actor)


def a_verified_emigrant(*, actor: Actor = SYSTEM, **changes: Any) -> Emigrant:
    """A person whose passport the registry knows: active."""
    person = an_emigrant(actor=actor, **changes)
    passport = Passport.objects.get(emigrant=person, current=True)
    record_passport_check(passport.pk, an_answer(ecr=passport.category == "ecr"), actor=SYSTEM)
    person.refresh_from_db()
    return person


def an_answer(
    result: PassportResult = PassportResult.MATCH,
    *,
    status: PassportStatus | None = PassportStatus.ACTIVE,
    ecr: bool | None = True,
) -> PassportAnswer:
    """What the registry says."""
    return PassportAnswer(
        result=result,
        as_of=datetime(2026, 11, 22, 4, 0, tzinfo=UTC),
        scores=MatchScores(name=100, birth_date=True, sex=True),
        status=status,
        ecr=ecr,
        raw=b'{"passport": "specimen"}',
    )


def a_recruiting_agency() -> Organisation:
    """An agency whose certificate stands, so that it may register workers."""
    certificate = agents.an_agent()
    with acting(SYSTEM):
        return Organisation.objects.get(pk=certificate.organisation_id)


def an_agent(organisation_id: int, *, user_id: int = 501) -> Actor:
    """A recruiting agent's administrator."""
    return Actor(Role.RA_ADMIN, user_id, organisation_id=organisation_id, request_id="test")


def the_person(person: Emigrant, *, user_id: int = 601) -> Actor:
    """The person signed in."""
    return Actor(Role.EMIGRANT, user_id, person_id=person.pk, request_id="test")


def an_officer(user_id: int = 701, *, office: str = "DEL") -> Actor:
    """A Protector of Emigrants."""
    return Actor(Role.POE, user_id, office=office, request_id="test")


def strangers_read(database: str, actor: Actor, persons: range, at: datetime) -> None:
    """Let an account have opened these persons; they are only counted, so they have no rows."""
    with connect_as_superuser(database=database) as session:
        session.execute("SET session_replication_role = replica")
        session.execute(
            "INSERT INTO emigrants_readrecord (emigrant_id, role, user_id, purpose, request_id, at)"
            " SELECT each, %s, %s, 'test', 'test', %s FROM unnest(%s::bigint[]) AS each",
            [actor.role, actor.user_id, at, list(persons)],
        )


def the_lines(new: NewEmigrant, number: str, *, expiry: date = date(2032, 1, 9)) -> str:
    """The machine-readable lines of a person's passport."""
    return write_td3(
        Printed(
            number=number,
            issuer="IND",
            nationality=new.nationality,
            surname=new.surname,
            given_names=new.given_names,
            birth=new.birth_date,
            sex=new.sex,
            expiry=expiry,
        )
    )
