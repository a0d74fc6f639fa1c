"""Employers for tests: plain functions over the domain's own actions."""

from datetime import date
from itertools import count

from emigrate.domains.employers import actions
from emigrate.domains.employers.actions import NewEmployer
from emigrate.domains.employers.models import Employer
from emigrate.domains.employers.queries import Contact
from emigrate.domains.notifications.models import Message
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.queries import missions_in
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from tests.factories.accounts import a_membership, actor_of
from tests.factories.accounts import an_employer as an_organisation

SYSTEM = Actor.system("test")
COUNTRY = "SAU"
_number = count(1)


def an_applicant(country: str = COUNTRY) -> Actor:
    """Somebody who signs in for a foreign employer."""
    organisation = an_organisation(country=country)
    return actor_of(a_membership(Role.FE_ADMIN, organisation_id=organisation.pk))


def a_mission_officer(country: str = COUNTRY) -> Actor:
    """The labour wing of the Mission in a country."""
    return actor_of(a_membership(Role.MISSION_LW, country=country))


def a_head_of_mission(country: str = COUNTRY) -> Actor:
    """The Head of Mission in a country."""
    return actor_of(a_membership(Role.MISSION_HOM, country=country))


def a_protector_general() -> Actor:
    """The Protector General, or another officer with that power."""
    return actor_of(a_membership(Role.PGE))


def a_contact(**changes: str) -> Contact:
    """A contact with reserved values only."""
    number = next(_number)
    return Contact(**{"email": f"hr{number}@example.org", "phone": "+966500000000",
                      "signatory": "Sample Signatory"} | changes)  # fmt: skip


def a_new_employer(country: str = COUNTRY, **changes: object) -> NewEmployer:
    """What an employer says of itself, with a number of its own."""
    number = next(_number)
    given: dict[str, object] = {
        "name": f"Sample Construction {number} LLC",
        "country": country,
        "mission_code": missions_in(country)[0].code,
        "registration_number": f"CR-{number:010d}",
        "kind": "company",
        "contact": a_contact(),
        "valid_until": date(2099, 12, 31),
        "workforce": 400,
        "indian_workers": 120,
    }
    return NewEmployer(**given | changes)


def a_draft(applicant: Actor | None = None, **changes: object) -> Employer:
    """A registration that waits for its e-mail code."""
    applicant = applicant or an_applicant()
    return actions.register_employer(a_new_employer(**changes), actor=applicant)


def code_sent(reference: str) -> str:
    """The code that went out last for a registration."""
    with acting(SYSTEM):
        rows = Message.objects.filter(event="employer.code", reference=reference)
        return str(rows.order_by("-id").first().facts["code"])


def a_submitted(applicant: Actor | None = None, **changes: object) -> Employer:
    """A registration on the Mission's desk."""
    applicant = applicant or an_applicant()
    case = a_draft(applicant, **changes)
    actions.verify_email(case.reference, code_sent(case.reference), actor=applicant)
    return actions.submit_registration(case.reference, actor=applicant)


def in_scrutiny(applicant: Actor | None = None, **changes: object) -> Employer:
    """A registration that the Mission has taken up."""
    case = a_submitted(applicant, **changes)
    officer = a_mission_officer(case.country)
    return actions.take_up_registration(case.reference, actor=officer, reason="For a test.")


def an_employer(applicant: Actor | None = None, **changes: object) -> Employer:
    """A registered employer."""
    case = in_scrutiny(applicant, **changes)
    return actions.approve_employer(case.reference, actor=a_mission_officer(case.country))
