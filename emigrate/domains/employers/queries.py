"""Reads of employers, always through somebody's eyes."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import QuerySet

from emigrate.domains.employers.enums import EmployerState
from emigrate.domains.employers.models import Employer, RecruitmentYear
from emigrate.domains.employers.policies import EMPLOYER_POLICY
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound
from emigrate.law.current import pack

SEAL_COLUMN = "employers_employer.contact_sealed"
ALIKE = 0.6
"""Trigram similarity from which two names are shown as possibly the same (measured on names)."""

WAITING = (
    EmployerState.SUBMITTED,
    EmployerState.MISSION_SCRUTINY,
    EmployerState.LOCAL_CHECK,
)
STANDING = {
    EmployerState.ACTIVE: "active",
    EmployerState.PRIOR_APPROVAL: "prior_approval",
    EmployerState.BLACKLISTED: "blacklisted",
}
"""What the law asks about; every other state counts as inactive."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach an employer and who signs for it; sealed at rest."""

    email: str
    phone: str = ""
    address: str = ""
    city: str = ""
    signatory: str = ""
    designation: str = ""
    nationality: str = ""
    signatory_id: str = ""


def employers_for(actor: Actor) -> QuerySet[Employer]:
    """Every employer and registration this actor may see; all lists and look-ups start here."""
    return EMPLOYER_POLICY.narrow(Employer.objects.all(), actor, "view")


def verification_queue(actor: Actor) -> QuerySet[Employer]:
    """What waits on the Mission's desk, the nearest due day first."""
    return employers_for(actor).filter(state__in=WAITING).order_by("due_at", "state_since", "id")


def employer(reference: str, *, actor: Actor) -> Employer:
    """One employer by its reference; NotFound also when it is not theirs to see."""
    found = employers_for(actor).filter(reference=reference).first()
    if found is None:
        raise NotFound(subject="employer")
    return found


def contact(reference: str, *, actor: Actor) -> Contact:
    """The employer's contact; NotFound or NotPermitted."""
    case = employer(reference, actor=actor)
    EMPLOYER_POLICY.require(actor, "contact", case)
    return open_contact(case)


def open_contact(case: Employer) -> Contact:
    """Unseal a contact for somebody who was already asked for permission."""
    sealed = bytes(case.contact_sealed)
    text = sealing.open_sealed(_subject(case), SEAL_COLUMN, case.seal_id, sealed)
    return Contact(**json.loads(text))


def sealed_contact(case: Employer, given: Contact) -> bytes:
    """A contact as it is kept."""
    return sealing.seal(_subject(case), SEAL_COLUMN, case.seal_id, json.dumps(asdict(given)))


def possible_duplicates(case: Employer, *, actor: Actor) -> list[Employer]:
    """Other employers of the country whose names are nearly the same, nearest first."""
    others = employers_for(actor).filter(country=case.country).exclude(pk=case.pk)
    others = others.exclude(state__in=(EmployerState.DRAFT, EmployerState.OTP_VERIFIED))
    alike = others.annotate(alike=TrigramSimilarity("name_key", case.name_key))
    return list(alike.filter(alike__gte=ALIKE).order_by("-alike", "id")[:5])


def workers_in(employer_id: int, year: int) -> int:
    """How many workers the employer took in a calendar year."""
    rows = RecruitmentYear.objects.filter(employer_id=employer_id, year=year)
    return rows.values_list("workers", flat=True).first() or 0


def standing(employer_id: int, *, on: date, actor: Actor) -> Any:
    """The employer's part of the question to the law: the pack's own `Employer`.

    A licence that ended counts as inactive, whatever the nightly clock has done yet. NotFound.
    """
    case = employers_for(actor).filter(pk=employer_id).first()
    if case is None:
        raise NotFound(subject="employer")
    ended = case.valid_until is not None and case.valid_until < on
    status = STANDING.get(EmployerState(case.state), "inactive")
    return pack().Employer(
        status="inactive" if ended and status == "active" else status,
        small=case.small,
        workers_this_year=workers_in(employer_id, on.year),
    )


def _subject(case: Employer) -> str:
    return f"employer:{case.seal_id}"
