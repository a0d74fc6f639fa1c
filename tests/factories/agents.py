"""Agents for tests: plain functions over the domain's own actions."""

from datetime import date, datetime, timedelta
from itertools import count

from emigrate.domains.agents import actions
from emigrate.domains.agents.actions import NewApplication, NewGuarantee
from emigrate.domains.agents.models import Agent, AgentApplication
from emigrate.domains.agents.queries import Officer
from emigrate.domains.payments.actions import settle_from_gateway
from emigrate.domains.payments.models import Order
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.queries import office_for_state
from emigrate.foundation.actors import Actor
from emigrate.foundation.clock import office_date, read_platform_now
from emigrate.foundation.transactions import acting
from tests.factories.accounts import a_membership, actor_of, an_agency
from tests.factories.payments import an_answer

SYSTEM = Actor.system("test")
STATE, DISTRICT = "27", "482"
TERM = timedelta(days=3700)
_number = count(1)


def an_agency_owner(name: str = "") -> Actor:
    """Somebody who signs in for an agency."""
    return actor_of(a_membership(Role.RA_ADMIN, organisation_id=an_agency(name).pk))


def a_protector(office: str = "") -> Actor:
    """The Protector of Emigrants of an office (by default the one that answers for STATE)."""
    return actor_of(a_membership(Role.POE, office=office or office_for_state(STATE, DISTRICT)))


def a_protector_general() -> Actor:
    """The Protector General, or another officer with that power."""
    return actor_of(a_membership(Role.PGE))


def an_examiner() -> Actor:
    """A dealing assistant of the Protector General."""
    return actor_of(a_membership(Role.PGE_DA))


def a_new_application(**changes: object) -> NewApplication:
    """What an applicant says, with a name of its own."""
    number = next(_number)
    given: dict[str, object] = {
        "legal_name": f"Sample Agency {_in_letters(number)} Private Limited",
        "category": "normal",
        "entity": "company",
        "state_code": STATE,
        "district_code": DISTRICT,
        "address": "1 Sample Road",
        "office_area": 60,
        "pan": f"AAACS{number % 9999 + 1:04d}A",
        "officers": (Officer("Sample Director", date(1980, 1, 1), "Director"),),
    }
    return NewApplication(**given | changes)


def a_guarantee(amount_minor: int = 500_000_000, **changes: object) -> NewGuarantee:
    """A guarantee that is large and long enough, with a number of its own."""
    today = office_date(_moment())
    given: dict[str, object] = {
        "bank": "Sample Bank",
        "ifsc": "ABCD0000001",
        "number": f"BG-{next(_number):06d}",
        "amount_minor": amount_minor,
        "issued_on": today,
        "expires_on": today + TERM,
    }
    return NewGuarantee(**given | changes)


def a_submitted_application(owner: Actor | None = None, **changes: object) -> AgentApplication:
    """An application whose fee is open."""
    owner = owner or an_agency_owner()
    case = actions.apply_for_certificate(a_new_application(**changes), actor=owner)
    return actions.submit_application(case.reference, actor=owner)


def pay_fee(reference: str) -> Order:
    """The gateway says that the fee of an application is paid."""
    with acting(SYSTEM):
        order = Order.objects.get(subject_reference=reference)
    return settle_from_gateway(order.reference, an_answer(order), actor=SYSTEM)


def a_forwarded_application(owner: Actor | None = None, **changes: object) -> AgentApplication:
    """An application that the Protector of Emigrants has forwarded."""
    case = a_submitted_application(owner, **changes)
    pay_fee(case.reference)
    protector = a_protector(case.office)
    actions.take_up_application(case.reference, actor=protector, reason="For a test.")
    actions.order_inspection(case.reference, actor=protector)
    actions.report_inspection(case.reference, area=60, report="As stated.", actor=protector)
    return actions.report_police(case.reference, report="Nothing adverse.", actor=protector)


def with_security_called(owner: Actor | None = None, **changes: object) -> AgentApplication:
    """An application that waits for the applicant's guarantee."""
    case = a_forwarded_application(owner, **changes)
    actions.examine_application(case.reference, actor=an_examiner(), reason="For a test.")
    return actions.call_security(case.reference, actor=a_protector_general())


def an_agent(owner: Actor | None = None, **changes: object) -> Agent:
    """An agent with a certificate; `category`, `entity`, `legal_name` ... as the application's."""
    owner = owner or an_agency_owner()
    case = with_security_called(owner, **changes)
    actions.give_guarantee(case.reference, a_guarantee(case.security_minor or 0), actor=owner)
    actions.confirm_guarantee(case.reference, bank_reference="SFMS-1", actor=an_examiner())
    return actions.issue_certificate(case.reference, actor=a_protector_general())


def a_small_agent(owner: Actor | None = None, **changes: object) -> Agent:
    """An agent of the small category, with room for one tranche of workers."""
    return an_agent(owner, category="small", **changes)


def _moment() -> datetime:
    """The moment that an action would read."""
    with acting(SYSTEM):
        return read_platform_now()


def _in_letters(number: int) -> str:
    """A word of its own for a number, so that sample names do not look alike."""
    letters = "bcdfghjkmnpqrtvwxz"
    word = ""
    mixed = number * 7919 + 104729
    while mixed:
        mixed, place = divmod(mixed, len(letters))
        word += letters[place] + "aeou"[place % 4]
    return word.title()
