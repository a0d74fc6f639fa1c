"""What the employer does: begin, confirm the e-mail address, submit, answer, renew."""

import hmac
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import SystemRandom
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from emigrate.domains.employers.enums import EmployerKind, EmployerState, Paper
from emigrate.domains.employers.facts import verification_findings
from emigrate.domains.employers.models import EmailCode, Employer
from emigrate.domains.employers.policies import EMPLOYER_POLICY
from emigrate.domains.employers.queries import Contact, open_contact, sealed_contact
from emigrate.domains.employers.workflow import EMPLOYER
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.domains.reference import queries as reference_data
from emigrate.foundation import sealing
from emigrate.foundation.actors import SYSTEM_ROLE, Actor
from emigrate.foundation.errors import (
    AlreadyExists,
    InvalidInput,
    NotPermitted,
    OutOfTurn,
    WrongState,
)
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.names.organisations import look_alike_key
from emigrate.foundation.transactions import action, now, refused_by, today

RANDOM = SystemRandom()
CODE_DIGITS = 6
CODE_LIVES = timedelta(minutes=10)
CODE_TRIES = 5
CODE_PAUSE = timedelta(seconds=60)

LONGEST_NAME = 200
LONGEST_NUMBER = 60

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
PHONE = re.compile(r"\+[0-9]{7,15}")
NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


WORDS = {
    "name_missing": _("Give the registered name."),
    "too_long": _("This is too long for a name or number."),
    "country_unknown": _("No Indian Mission answers for this country."),
    "mission_unknown": _("Choose a Mission of the country."),
    "number_missing": _("Give the number of the licence, registration or identity card."),
    "kind_unknown": _("Choose one of the listed kinds."),
    "email_malformed": _("Write the address as name@example.org."),
    "phone_malformed": _("Write the number with + and the country's code."),
    "more_than_workforce": _("Workers from India are part of all workers."),
    "website_malformed": _("Write the address with https://."),
    "details_missing": _("Say what the complaint is about."),
}


class RegisteredAlready(AlreadyExists):
    """One employer a country and registration number."""

    code = "employer_registered_already"
    text = _(
        "An employer with this registration number is registered in this country. Sign in with "
        "its account, or ask the Mission."
    )


class CodeSentJustNow(OutOfTurn):
    """A code a minute."""

    code = "code_sent_just_now"
    text = _("A code was sent a moment ago. Look into your e-mail, or wait a minute.")


refused_by("one_employer_a_registration", RegisteredAlready)


@dataclass(frozen=True, slots=True)
class NewEmployer:
    """What an employer says of itself. `organisation_id` is asked for at the Mission's counter."""

    name: str
    country: str
    mission_code: str
    registration_number: str
    kind: str
    contact: Contact
    small: bool = False
    registered_on: date | None = None
    valid_until: date | None = None
    business: str = ""
    website: str = ""
    workforce: int = 0
    indian_workers: int = 0
    complaint_pending: bool = False
    complaint_details: str = ""
    manpower_permit: str = ""
    organisation_id: int | None = None


@action
def register_employer(new: NewEmployer, *, actor: Actor) -> Employer:
    """Begin a registration and send the one-time code to the e-mail address.

    By the employer itself, or by the Mission at its counter for an organisation that it names.
    Raises InvalidInput, NotPermitted.
    """
    EMPLOYER_POLICY.require_role(actor, "file")
    _require_valid(new)
    case = Employer(
        reference=next_reference("FE"),
        organisation_id=_organisation(new, actor),
        **_columns(new),
    )
    case.contact_sealed = sealed_contact(case, new.contact)
    EMPLOYER.begin(case, actor=actor)
    _send_code(case, actor)
    return case


@action
def send_email_code(reference: str, *, actor: Actor) -> None:
    """Send a fresh code; the one before is void. Raises CodeSentJustNow within a minute."""
    case = EMPLOYER.hold(_rows(), actor=actor, verb="verify_email", reference=reference)
    system = Actor.system(actor.request_id)
    if _code_age(case, actor=system) < CODE_PAUSE:
        raise CodeSentJustNow(reference=reference)
    _send_code(case, actor)


def verify_email(reference: str, code: str, *, actor: Actor) -> Employer:
    """Confirm the e-mail address by the code that was sent to it.

    A wrong code counts as a try, also when it is refused: after five, or ten minutes, a fresh
    one must be sent. Raises InvalidInput with `code_wrong` or `code_expired`.
    """
    refusal = _try_code(reference, code, actor=actor)
    if isinstance(refusal, InvalidInput):
        raise refusal
    return refusal


@action
def _try_code(reference: str, code: str, *, actor: Actor) -> Employer | InvalidInput:
    case = EMPLOYER.hold(_rows(), actor=actor, verb="verify_email", reference=reference)
    refusal = _refused_code(case, code, actor=Actor.system(actor.request_id))
    return refusal or EMPLOYER.take("verify_email", case, actor=actor)


@action
def _refused_code(case: Employer, code: str, *, actor: Actor) -> InvalidInput | None:
    """Why the code does not hold, with the try counted; as the system, which alone sees codes."""
    del actor
    sent = EmailCode.objects.select_for_update().filter(employer=case).first()
    if sent is None or sent.expires_at <= now() or sent.tries >= CODE_TRIES:
        return InvalidInput.at("/code", "code_expired", _("Ask for a fresh code."))
    if not hmac.compare_digest(bytes(sent.code_hash), _code_hash(case, code)):
        EmailCode.objects.filter(pk=sent.pk).update(tries=sent.tries + 1)
        return InvalidInput.at("/code", "code_wrong", _("This is not the code that was sent."))
    EmailCode.objects.filter(pk=sent.pk).update(expires_at=now())
    return None


@action
def _code_age(case: Employer, *, actor: Actor) -> timedelta:
    del actor
    sent = EmailCode.objects.filter(employer=case).values_list("sent_at", flat=True).first()
    return timedelta.max if sent is None else now() - sent


def _send_code(case: Employer, actor: Actor) -> None:
    """Keep the hash of a fresh code and let the code itself go out, in this transaction.

    The message is the platform's own, so that nobody reads the code on the site: only the e-mail
    channel, which asks `queries.open_contact` for the address, may carry it.
    """
    code = f"{RANDOM.randrange(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    system = Actor.system(actor.request_id)
    _keep_code(case, _code_hash(case, code), actor=system)
    notify(
        Notice(
            "employer.code",
            role=SYSTEM_ROLE,
            reference=case.reference,
            facts={"code": code},
        ),
        actor=system,
    )


@action
def _keep_code(case: Employer, code_hash: bytes, *, actor: Actor) -> None:
    del actor
    EmailCode.objects.update_or_create(
        employer=case,
        defaults={
            "code_hash": code_hash,
            "sent_at": now(),
            "expires_at": now() + CODE_LIVES,
            "tries": 0,
        },
    )


def _code_hash(case: Employer, code: str) -> bytes:
    return sealing.blind("employers_emailcode.code_hash", f"{case.reference}:{code.strip()}")


@action
def attach_paper(reference: str, paper: str, document: str, *, actor: Actor) -> Employer:
    """Name the document that stands for a paper of the registration (before or after a query)."""
    case = _open_to_changes(reference, actor)
    if paper not in Paper.values:
        raise InvalidInput.at("/paper", "paper_unknown", _("Choose one of the listed papers."))
    papers = {**case.papers, paper: document}
    return EMPLOYER.amend("employer.paper_attached", case, actor=actor, papers=papers)


@action
def correct_details(reference: str, new: NewEmployer, *, actor: Actor) -> Employer:
    """Change what was said, before submitting or when the Mission has asked.

    Another e-mail address would need another code, so it can be changed in a draft only.
    """
    case = _open_to_changes(reference, actor)
    _organisation(replace(new, organisation_id=case.organisation_id), actor)
    _require_valid(new)
    if case.state != EmployerState.DRAFT and open_contact(case).email != new.contact.email:
        raise InvalidInput.at("/contact/email", "email_confirmed", _("This address is confirmed."))
    sealed = sealed_contact(case, new.contact)
    return EMPLOYER.amend(
        "employer.corrected", case, actor=actor, **_columns(new), contact_sealed=sealed
    )


@action
def submit_registration(reference: str, *, actor: Actor) -> Employer:
    """Hand the registration to the Mission; from now on it holds its registration number.

    Raises Blocked (contact or licence), RegisteredAlready.
    """
    case = EMPLOYER.hold(_rows(), actor=actor, verb="submit", reference=reference)
    findings = verification_findings(case, on=today())
    return EMPLOYER.take("submit", case, actor=actor, findings=findings)


@action
def answer_query(reference: str, *, reply: str, actor: Actor) -> Employer:
    """Answer the Mission's question; its clock goes on with the days that were left."""
    case = EMPLOYER.hold(_rows(), actor=actor, verb="answer", reference=reference)
    return EMPLOYER.take("answer", case, actor=actor, reason=reply)


@action
def renew_registration(reference: str, *, valid_until: date, actor: Actor) -> Employer:
    """Bring an expired registration back before the Mission with a renewed licence."""
    case = EMPLOYER.hold(_rows(), actor=actor, verb="renew", reference=reference)
    if valid_until < today():
        raise InvalidInput.at("/valid_until", "licence_ended", _("This licence has ended too."))
    return EMPLOYER.take("renew", case, actor=actor, valid_until=valid_until)


def _rows() -> QuerySet[Employer]:
    return Employer.objects.all()


def _open_to_changes(reference: str, actor: Actor) -> Employer:
    case = EMPLOYER.lock(_rows(), actor=actor, permission="file", reference=reference)
    EMPLOYER_POLICY.require(actor, "file", case)
    changing = (EmployerState.DRAFT, EmployerState.OTP_VERIFIED, EmployerState.QUERIED)
    if case.state not in changing:
        raise WrongState(verb="correct", state=case.state)
    return case


def _columns(new: NewEmployer) -> dict[str, Any]:  # columns of many types
    key = NOT_ALPHANUMERIC.sub("", new.registration_number).upper()
    names = (
        "name country mission_code registration_number kind small registered_on valid_until "
        "business website workforce indian_workers complaint_pending complaint_details "
        "manpower_permit"
    )
    columns = {name: getattr(new, name) for name in names.split()}
    return columns | {"registration_key": key, "name_key": look_alike_key(new.name)[:200]}


def _organisation(new: NewEmployer, actor: Actor) -> int:
    """An employer registers itself; a Mission registers others, in its own country."""
    if actor.organisation_id is not None:
        named = actor.organisation_id
        right = new.organisation_id in (None, named)
    else:
        named = new.organisation_id or 0
        right = bool(named) and new.country == actor.country
    if not right:
        raise NotPermitted(permission="employer.file", role=actor.role)
    return named


def _require_valid(new: NewEmployer) -> None:
    wrong = [
        {"pointer": pointer, "code": code, "message": str(WORDS[code])}
        for holds, pointer, code in _checks(new)
        if not holds
    ]
    if wrong:
        raise InvalidInput(wrong)


def _checks(new: NewEmployer) -> list[tuple[bool, str, str]]:
    missions = {mission.code for mission in reference_data.missions_in(new.country)}
    number, contact = new.registration_number, new.contact
    web = not new.website or urlsplit(new.website).scheme in {"http", "https"}
    # fmt: off
    return [
        (bool(look_alike_key(new.name)),              "/name",                "name_missing"),
        (len(new.name) <= LONGEST_NAME,               "/name",                "too_long"),
        (bool(missions),                              "/country",             "country_unknown"),
        (new.mission_code in missions,                "/mission_code",        "mission_unknown"),
        (bool(NOT_ALPHANUMERIC.sub("", number)),      "/registration_number", "number_missing"),
        (len(number) <= LONGEST_NUMBER,               "/registration_number", "too_long"),
        (new.kind in EmployerKind.values,             "/kind",                "kind_unknown"),
        (bool(EMAIL.fullmatch(contact.email)),        "/contact/email",       "email_malformed"),
        (not contact.phone or bool(PHONE.fullmatch(contact.phone)),
                                                      "/contact/phone",       "phone_malformed"),
        (0 <= new.indian_workers <= new.workforce,
                                                      "/indian_workers", "more_than_workforce"),
        (web,                                         "/website",             "website_malformed"),
        (not new.complaint_pending or bool(new.complaint_details.strip()),
                                                      "/complaint_details",   "details_missing"),
    ]
    # fmt: on
