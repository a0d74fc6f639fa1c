"""Registering a person and correcting what was written; one person has one record."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from django.db import connection

from emigrate.domains.accounts.actions import tie_person
from emigrate.domains.agents.queries import require_agency_recruits
from emigrate.domains.emigrants.actions.advance import advance
from emigrate.domains.emigrants.actions.doubts import note_doubts
from emigrate.domains.emigrants.actions.held import held
from emigrate.domains.emigrants.actions.links import link_registered
from emigrate.domains.emigrants.actions.passports import NewPassport, add_passport
from emigrate.domains.emigrants.actions.valid import (
    name_field,
    phone_of,
    require_no_aadhaar,
    require_person,
    require_place,
    tidy,
)
from emigrate.domains.emigrants.enums import LIVING, EmigrantState, Route
from emigrate.domains.emigrants.models import Emigrant, NameIndex
from emigrate.domains.emigrants.policies import EMIGRANT_POLICY
from emigrate.domains.emigrants.queries import (
    Contact,
    Identity,
    Relative,
    birth_blind,
    contact_of,
    identity_of,
    keys_of,
    phone_blind,
    sealed_contact,
    sealed_identity,
)
from emigrate.domains.emigrants.workflow import EMIGRANT
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.domains.reference.enums import AGENT_ROLES, HOME_COUNTRY, Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import AlreadyExists, Blocked, NotPermitted, WrongState
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.transactions import action, refused_by, today

_NEXT = "SELECT nextval(pg_get_serial_sequence('emigrants_emigrant', 'id'))"


class RegisteredByThisAccount(AlreadyExists):
    """An account registers its own person once."""

    code = "account_has_a_person"


refused_by("one_person_an_account", RegisteredByThisAccount)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewEmigrant:
    """What a person says of oneself, or an agent or village operator in the person's presence.

    Names are written as in the passport, in Latin letters; `local_name` in any script. Telephones
    are ten digits of the home country or E.164.
    """

    given_names: str
    surname: str = ""
    birth_date: date
    sex: str
    state_code: str
    district_code: str
    language: str = "hi"
    nationality: str = HOME_COUNTRY
    local_name: str = ""
    father_name: str = ""
    mother_name: str = ""
    spouse_name: str = ""
    phone: str = ""
    family_phone: str = ""
    address: str = ""
    nominee: Relative | None = None
    emergency: Relative | None = None
    passport: NewPassport | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Details:
    """What is to be corrected; None leaves a field as it is."""

    given_names: str | None = None
    surname: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    state_code: str | None = None
    district_code: str | None = None
    language: str | None = None
    local_name: str | None = None
    father_name: str | None = None
    mother_name: str | None = None
    spouse_name: str | None = None
    phone: str | None = None
    family_phone: str | None = None
    address: str | None = None
    nominee: Relative | None = None
    emergency: Relative | None = None


AS_PASSPORT = frozenset({"given_names", "surname", "birth_date", "sex"})
"""What the passport registry confirmed: changed afterwards only by those who check."""


@action
def register_emigrant(new: NewEmigrant, *, actor: Actor) -> Emigrant:
    """Begin a person's record; an agency that registers somebody may see the record.

    Others who may be the same person are noted for an officer and hinder nothing. Raises
    InvalidInput, NotPermitted, AgentBarred, AlreadyExists (this account, or this passport, has a
    person).
    """
    EMIGRANT_POLICY.require_role(actor, "file")
    route = _route(actor)
    if actor.organisation_id is not None and route == Route.AGENT:
        require_agency_recruits(actor.organisation_id)
    identity, contact = _identity(new), _contact(new)
    require_person(identity, sex=new.sex, nationality=new.nationality, today=today())
    require_place(new.state_code, new.district_code, new.language)
    require_no_aadhaar(identity, contact)
    identity = replace(identity, name_mrz=name_field(identity, new.sex, new.nationality))
    case = Emigrant(
        pk=_next_id(),
        reference=next_reference("EM"),
        sex=new.sex,
        nationality=new.nationality,
        state_code=new.state_code,
        district_code=new.district_code,
        language=new.language,
        registered_through=route,
    )
    _write(case, _columns(case, identity, contact))
    if route == Route.AGENT and actor.organisation_id is not None:
        link_registered(case.pk, actor.organisation_id, actor=Actor.system(actor.request_id))
    EMIGRANT.begin(case, actor=actor)
    _index(case, identity)
    system = Actor.system(actor.request_id)
    if route == Route.SELF and actor.user_id is not None:
        tie_person(actor.user_id, case.pk, actor=system)
    note_doubts(case.pk, identity, contact.phone, actor=system)
    notify(Notice("emigrant.registered", person_id=case.pk, reference=case.reference), actor=system)
    if new.passport is not None:
        add_passport(case.reference, new.passport, actor=actor)
        case.refresh_from_db()
    return case


@action
def correct_details(reference: str, details: Details, *, actor: Actor) -> Emigrant:
    """Correct a person's record. What a passport check confirmed, only officers correct.

    Raises NotFound, NotPermitted, WrongState, InvalidInput, Blocked (`identity_verified`).
    """
    case = _correctable(reference, actor)
    changes = {
        field.name: value
        for field in fields(details)
        if (value := getattr(details, field.name)) is not None
    }
    _require_correctable(case, changes, actor)
    identity = _changed(identity_of(case), changes)
    contact = _changed(contact_of(case), changes)
    identity = replace(identity, **{name: tidy(getattr(identity, name)) for name in _NAMES})
    contact = _tidied(contact)
    plain = {
        name: changes.get(name, getattr(case, name))
        for name in ("sex", "state_code", "district_code", "language")
    }
    require_person(identity, sex=plain["sex"], nationality=case.nationality, today=today())
    require_place(plain["state_code"], plain["district_code"], plain["language"])
    require_no_aadhaar(identity, contact)
    identity = replace(identity, name_mrz=name_field(identity, plain["sex"], case.nationality))
    columns = {**plain, **_columns(case, identity, contact)}
    EMIGRANT.amend("emigrant.corrected", case, actor=actor, **columns)
    _index(case, identity)
    system = Actor.system(actor.request_id)
    note_doubts(case.pk, identity, contact.phone, actor=system)
    advance(case, actor=system)
    return case


@action
def record_years_abroad(reference: str, years: int, *, reason: str, actor: Actor) -> Emigrant:
    """Whole years resident abroad since the age of 18, as an officer found them proved.

    Emigration Act, 1983, s.2(1)(d). The reason names the proof.
    """
    case = held("check", actor=actor, reference=reference)
    return EMIGRANT.amend(
        "emigrant.years_abroad", case, actor=actor, reason=reason, years_abroad_since_18=years
    )


_NAMES = ("given_names", "surname", "local_name", "father_name", "mother_name", "spouse_name")


def _route(actor: Actor) -> Route:
    if actor.role in AGENT_ROLES:
        if actor.organisation_id is None:
            raise NotPermitted(permission="emigrant.file", role=actor.role)
        return Route.AGENT
    if actor.role == Role.EMIGRANT:
        if actor.person_id is not None:
            raise RegisteredByThisAccount(person=actor.person_id)
        return Route.SELF
    return Route.CENTRE if actor.role == Role.CSC_VLE else Route.OFFICE


def _identity(new: NewEmigrant) -> Identity:
    return Identity(
        birth_date=new.birth_date, **{name: tidy(getattr(new, name)) for name in _NAMES}
    )


def _contact(new: NewEmigrant) -> Contact:
    return _tidied(
        Contact(
            phone=new.phone,
            family_phone=new.family_phone,
            address=new.address,
            nominee=new.nominee,
            emergency=new.emergency,
        )
    )


def _tidied(contact: Contact) -> Contact:
    return Contact(
        phone=phone_of(contact.phone, "/phone"),
        family_phone=phone_of(contact.family_phone, "/family_phone"),
        address=tidy(contact.address),
        nominee=_relative(contact.nominee, "/nominee/phone"),
        emergency=_relative(contact.emergency, "/emergency/phone"),
    )


def _relative(given: Relative | None, pointer: str) -> Relative | None:
    if given is None:
        return None
    return Relative(tidy(given.name), tidy(given.relation), phone_of(given.phone, pointer))


def _columns(case: Emigrant, identity: Identity, contact: Contact) -> dict[str, Any]:
    """The columns that follow from the sealed fields."""
    return {
        "identity_sealed": sealed_identity(case.pk, case.seal_id, identity),
        "contact_sealed": sealed_contact(case.pk, case.seal_id, contact),
        "contact_complete": contact.complete,
        "birth_blind": birth_blind(identity.birth_date),
        "phone_blind": phone_blind(contact.phone),
        "birth_year": identity.birth_date.year,
    }


def _write(case: Emigrant, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(case, name, value)


def _next_id() -> int:
    """Drawn before the row, because the person's key is named by it."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        row = cursor.fetchone()
    return int(row[0])


def _index(case: Emigrant, identity: Identity) -> None:
    keys = keys_of(identity)
    NameIndex.objects.update_or_create(emigrant_id=case.pk, defaults={"name_keys": keys})


def _correctable(reference: str, actor: Actor) -> Emigrant:
    case = held("file", actor=actor, reference=reference)
    if case.state not in LIVING:
        raise WrongState(verb="correct", state=case.state)
    return case


def _require_correctable(case: Emigrant, changes: Mapping[str, Any], actor: Actor) -> None:
    confirmed = case.state != EmigrantState.PROFILE_BASIC and AS_PASSPORT & changes.keys()
    if confirmed and EMIGRANT_POLICY.scope(actor, "check") is None:
        raise Blocked(unmet="identity_verified", codes=["identity_verified"], verb="correct")


def _changed(
    sealed: Any, changes: Mapping[str, Any]
) -> Any:  # Identity in, Identity out; Contact too
    known = {each.name for each in fields(sealed)}
    return replace(sealed, **{name: value for name, value in changes.items() if name in known})
