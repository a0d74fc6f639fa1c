"""Passports: read from their lines, checked with the registry, settled by officers."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import uuid4

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from emigrate.domains.emigrants.actions.advance import advance
from emigrate.domains.emigrants.actions.held import held
from emigrate.domains.emigrants.actions.valid import number_of
from emigrate.domains.emigrants.enums import LIVING, CheckState, PassportCategory
from emigrate.domains.emigrants.models import Emigrant, Passport
from emigrate.domains.emigrants.queries import (
    Identity,
    identity_of,
    number_blind,
    sealed_number,
    subject_of,
)
from emigrate.domains.emigrants.workflow import EMIGRANT
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation import jobs, sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import AlreadyExists, InvalidInput, NotFound, WrongState
from emigrate.foundation.identifiers.mrz import InvalidMrz, parse_td3
from emigrate.foundation.identifiers.mrz import Passport as Printed
from emigrate.foundation.names import name_words
from emigrate.foundation.transactions import action, now, refused_by, today
from emigrate.partners.passport_registry.contract import (
    PassportAnswer,
    PassportResult,
    PassportStatus,
)

ANSWER = "emigrants_passport.answer"
USABLE_AGAIN = "emigrant.passport_not_revoked"
"""Heard where `emigrant.passport_revoked` was heard before."""


class PassportKnown(AlreadyExists):
    """One person one record: this passport has one already."""

    code = "passport_already_registered"
    text = _(
        "This passport is registered already. Ask the person for the one-time code to be linked "
        "to the record that exists; if it is somebody else's record, ask the office."
    )


refused_by("one_current_passport_a_number", PassportKnown)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewPassport:
    """A passport as it lies on the counter: its two machine-readable lines, or typed fields.

    With `mrz` (two lines of 44) number and last day are read from it and need not be typed; what
    is typed all the same must agree.
    """

    category: str
    issued_on: date | None = None
    expires_on: date | None = None
    number: str = ""
    mrz: str = ""


@action
def add_passport(emigrant_reference: str, new: NewPassport, *, actor: Actor) -> Passport:
    """Add a passport, which becomes the current one; the registry has still to be asked.

    Raises NotFound, NotPermitted, WrongState, InvalidInput (pointers name the fault), and
    PassportKnown when it is current on any record of the platform.
    """
    case = held("file", actor=actor, reference=emigrant_reference)
    if case.state not in LIVING:
        raise WrongState(verb="add_passport", state=case.state)
    number, expires_on = _read(new, case)
    if Passport.objects.filter(emigrant=case, number_blind=number_blind(number)).exists():
        raise PassportKnown(emigrant=case.reference)
    Passport.objects.filter(emigrant=case, current=True).update(current=False)
    seal_id = uuid4()
    passport = Passport.objects.create(
        emigrant=case,
        seal_id=seal_id,
        number_sealed=sealed_number(case.pk, seal_id, number),
        number_blind=number_blind(number),
        category=new.category,
        issued_on=new.issued_on,
        expires_on=expires_on,
        mrz_read=bool(new.mrz),
        added_at=now(),
    )
    EMIGRANT.amend("emigrant.passport_added", case, actor=actor)
    advance(case, actor=Actor.system(actor.request_id))
    return passport


@action
def ask_registry(emigrant_reference: str, *, actor: Actor) -> None:
    """Let a job ask the passport registry about the current passport, once at a time."""
    case = held("file", actor=actor, reference=emigrant_reference)
    jobs.later(
        "emigrants.check_passport",
        queue=jobs.PARTNERS,
        once=f"check-passport-{case.pk}",
        person_id=case.pk,
    )


@action
def record_passport_check(passport_id: int, answer: PassportAnswer, *, actor: Actor) -> Passport:
    """Keep the registry's answer; a difference goes to an officer and refuses nothing by itself.

    The state is `matched` only when the person agrees, the document is active and the registry's
    category is the one on record. Raises NotFound, NotPermitted.
    """
    passport, case = _locked(passport_id, "check", actor)
    before = Known(CheckState(passport.check_state), passport.registry_category)
    passport.check_state = _found(passport, answer)
    passport.registry_category = _category(answer)
    passport.registry_status = answer.status.value if answer.status else ""
    passport.checked_at = now()
    passport.answer_sealed = _sealed_answer(passport, answer)
    _save(passport)
    if before != Known(passport.check_state, passport.registry_category):
        _tell(passport, case, before, actor)
    return passport


@action
def record_registry_down(passport_id: int, *, actor: Actor) -> Passport:
    """The registry did not answer; what was known before stays."""
    passport, _case = _locked(passport_id, "check", actor)
    if passport.check_state == CheckState.PENDING:
        passport.check_state = CheckState.SERVICE_DOWN
        _save(passport)
    return passport


@action
def settle_passport(passport_id: int, *, category: str, reason: str, actor: Actor) -> Passport:
    """An officer who saw the passport ends a difference: it is the person's, with this category.

    Raises WrongState unless the registry's answer differed, ReasonRequired.
    """
    passport, case = _locked(passport_id, "decide", actor)
    if passport.check_state != CheckState.MISMATCH:
        raise WrongState(verb="settle_passport", state=passport.check_state)
    if not reason.strip():
        raise InvalidInput.at("/reason", "reason_required", _("Say what the passport shows."))
    _require_category(category)
    passport.category, passport.check_state = category, CheckState.MATCHED
    passport.save(update_fields=["category", "check_state"])
    EMIGRANT.amend("emigrant.passport_settled", case, actor=actor, reason=reason)
    advance(case, actor=Actor.system(actor.request_id))
    return passport


def _locked(passport_id: int, permission: str, actor: Actor) -> tuple[Passport, Emigrant]:
    """The person's row first, so that two verbs never wait for each other."""
    person = Passport.objects.filter(pk=passport_id).values_list("emigrant_id", flat=True).first()
    if person is None:
        raise NotFound(subject="passport")
    case = held(permission, actor=actor, pk=person)
    return Passport.objects.get(pk=passport_id), case


def _save(passport: Passport) -> None:
    passport.save(
        update_fields=[
            "check_state", "registry_category", "registry_status", "checked_at", "answer_sealed",
        ]
    )  # fmt: skip


class Known(NamedTuple):
    """What an answer of the registry left on record."""

    state: CheckState
    category: str


def _tell(passport: Passport, case: Emigrant, before: Known, actor: Actor) -> None:
    revoked = before.state == CheckState.REVOKED
    EMIGRANT.amend(
        USABLE_AGAIN if revoked else f"emigrant.passport_{passport.check_state}", case, actor=actor
    )
    system = Actor.system(actor.request_id)
    advance(case, actor=system)
    if passport.check_state != CheckState.MATCHED:
        notice = Notice("passport.mismatch", person_id=case.pk, reference=case.reference)
        notify(notice, actor=system)


def _found(passport: Passport, answer: PassportAnswer) -> CheckState:
    if answer.result is PassportResult.NOT_FOUND:
        return CheckState.NOT_FOUND
    if answer.status is not None and answer.status is not PassportStatus.ACTIVE:
        return CheckState.REVOKED
    if answer.result is not PassportResult.MATCH:
        return CheckState.MISMATCH
    registered = _category(answer)
    return CheckState.MATCHED if registered in ("", passport.category) else CheckState.MISMATCH


def _category(answer: PassportAnswer) -> str:
    if answer.ecr is None:
        return ""
    return PassportCategory.ECR.value if answer.ecr else PassportCategory.ECNR.value


def _sealed_answer(passport: Passport, answer: PassportAnswer) -> bytes | None:
    if not answer.raw:
        return None
    text = b64encode(answer.raw).decode()
    return sealing.seal(subject_of(passport.emigrant_id), ANSWER, passport.seal_id, text)


def _read(new: NewPassport, case: Emigrant) -> tuple[str, date]:
    """Number and last day; InvalidInput where the lines, the typed fields and the person differ."""
    _require_category(new.category)
    number = number_of(new.number, case.nationality) if new.number or not new.mrz else ""
    expires_on = new.expires_on
    if new.mrz:
        printed = _printed(new.mrz)
        _require_same_person(printed, case, identity_of(case))
        read = number_of(printed.number, case.nationality)
        _agree("/passport/number", number or read, read)
        _agree("/passport/expires_on", expires_on or printed.expiry, printed.expiry)
        number, expires_on = read, printed.expiry
    if expires_on is None or expires_on < today():
        text = _("The passport has ended, or its last day is missing.")
        raise InvalidInput.at("/passport/expires_on", "passport_expired", text)
    if new.issued_on is not None and not new.issued_on < expires_on:
        text = _("The day of issue lies after the last day.")
        raise InvalidInput.at("/passport/issued_on", "passport_dates", text)
    if new.issued_on is not None and new.issued_on > today():
        text = _("The day of issue is not here yet.")
        raise InvalidInput.at("/passport/issued_on", "passport_dates", text)
    return number, expires_on


def _printed(lines: str) -> Printed:
    try:
        return parse_td3(lines, today=today())
    except InvalidMrz as error:
        text = _("Line %(line)s does not hold together near character %(position)s.")
        raise InvalidInput(
            [
                _wrong(
                    "/passport/mrz",
                    fault.code,
                    str(text) % {"line": fault.line, "position": fault.position},
                )
                for fault in error.faults
            ]
        ) from error


def _require_same_person(printed: Printed, case: Emigrant, identity: Identity) -> None:
    """The lines are of this person: birth date, sex, nationality, and a name that meets."""
    faults = [
        (printed.birth not in (None, identity.birth_date), "mrz_birth_differs"),
        (printed.sex not in (case.sex, "X"), "mrz_sex_differs"),
        (printed.nationality != case.nationality, "mrz_nationality_differs"),
        (not _names_meet(printed, identity), "mrz_name_differs"),
    ]
    words = _("The passport's lines say otherwise than the record.")
    if wrong := [_wrong("/passport/mrz", code, words) for bad, code in faults if bad]:
        raise InvalidInput(wrong)


def _names_meet(printed: Printed, identity: Identity) -> bool:
    """The lines may be cut or differ in spelling; one whole word in common is asked for."""
    lines = set(name_words(f"{printed.given_names} {printed.surname}"))
    return bool(lines & set(name_words(identity.full_name)))


def _require_category(category: str) -> None:
    if category not in PassportCategory.values:
        text = _("Say whether the passport requires an emigration check: ecr or ecnr.")
        raise InvalidInput.at("/passport/category", "category_unknown", text)


def _agree(pointer: str, typed: object, read: object) -> None:
    if typed != read:
        text = _("What was typed differs from the passport's lines.")
        raise InvalidInput.at(pointer, "mrz_differs_from_typed", text)


def _wrong(pointer: str, code: str, message: str | Promise) -> dict[str, Any]:
    return {"pointer": pointer, "code": code, "message": str(message)}
