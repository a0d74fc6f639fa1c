"""A contract's road from draft to fixed, and every refusal with nothing changed."""

from contextlib import nullcontext
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection

from emigrate.domains.agents import actions as agents
from emigrate.domains.agents.enums import Ground
from emigrate.domains.agents.queries import AgentBarred
from emigrate.domains.contracts import actions, queries
from emigrate.domains.contracts.actions import NewContract
from emigrate.domains.contracts.models import Consent, ContractVersion
from emigrate.domains.contracts.tasks import clocks
from emigrate.domains.demands import actions as demands
from emigrate.domains.emigrants.queries import emigrants_for
from emigrate.domains.notifications.models import Message
from emigrate.foundation import clock
from emigrate.foundation.errors import (
    AlreadyExists,
    Blocked,
    InvalidInput,
    NotFound,
    NotPermitted,
    ReasonRequired,
    WrongState,
)
from emigrate.foundation.transactions import acting
from tests.factories.agents import a_protector_general
from tests.factories.contracts import (
    a_contract,
    a_fixed_contract,
    a_signed_contract,
    an_agreed_contract,
    an_offered_contract,
    later,
    the_answers,
    the_emigrant,
    the_terms,
)
from tests.factories.demands import (
    SYSTEM,
    a_line,
    a_market,
    a_sent_allotment,
    an_accepted_allotment,
    as_stored,
    with_another_agency,
)
from tests.factories.emigrants import a_verified_emigrant
from tests.snapshot import leaves_of, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    yield a_market()
    connection.check_constraints()


def told(case):
    with acting(SYSTEM):
        rows = Message.objects.filter(reference=case.reference).order_by("id")
        return list(rows.values_list("event", flat=True))


def agree(case, **changes):
    given = {"terms_hash": bytes(case.terms_hash), "language": "hi"} | changes
    return actions.consent(case.reference, actor=the_emigrant(case), **given)


def read_back(case, **answers):
    return actions.read_back(
        case.reference, the_answers(case) | answers, actor=the_emigrant(case), language="hi"
    )


def test_the_whole_road(market):
    case = a_fixed_contract(market)

    assert case.state == "locked"
    assert leaves_of(case) == [
        "contract.created",
        "contract.signed",
        "contract.offered",
        "contract.read_back",
        "contract.consented",
        "contract.locked",
    ]
    assert told(case) == ["contract.offered", "contract.locked"]
    assert (case.months, case.starts_on) == (24, None)
    assert case.employer_reference == market.employer.reference
    with acting(SYSTEM):
        consent = Consent.objects.get(contract=case)
        terms = queries.terms_of(case.pk)
    assert bytes(consent.version_hash) == bytes(case.terms_hash) == terms.hash


# --- drafting ---------------------------------------------------------------------------------


def test_a_draft_shows_the_person_to_employer_and_mission(market):
    case = a_contract(market)

    for actor in (market.company, market.mission):
        with acting(actor):
            assert emigrants_for(actor).filter(pk=case.emigrant_id).exists()
            assert queries.contracts_for(actor).filter(pk=case.pk).exists()


def test_a_person_of_another_agency_is_not_found(market):
    other = with_another_agency(market)
    person = a_verified_emigrant(actor=other.owner)
    allotment = an_accepted_allotment(market)

    with refused(NotFound):
        a_contract(market, person=person, allotment=allotment)


def test_an_allotment_of_another_agency_is_not_found(market):
    other = with_another_agency(market)
    allotment = an_accepted_allotment(market)
    person = a_verified_emigrant(actor=other.owner)

    with refused(NotFound):
        a_contract(other, person=person, allotment=allotment)


def test_an_allotment_that_is_not_accepted_gives_no_contract(market):
    allotment = a_sent_allotment(market)
    person = a_verified_emigrant(actor=market.owner)

    with refused(Blocked, "allotment_not_accepted"):
        a_contract(market, person=person, allotment=allotment)


def test_a_demand_that_does_not_stand_gives_no_contract(market):
    allotment = an_accepted_allotment(market)
    person = a_verified_emigrant(actor=market.owner)
    demands.amend_demand(
        as_stored(allotment.demand).reference,
        allotment.line_id,
        a_line(number=11),
        actor=market.company,
        reason="More.",
    )

    with refused(Blocked, "demand_not_open"):
        a_contract(market, person=person, allotment=allotment)


def suspended(market):
    agents.suspend_agent(market.agent.reference, reason="Complaint.", actor=a_protector_general())
    return nullcontext()


def cancelled(market):
    order = {"ground": Ground.TERMS_VIOLATED.value, "reason": "Overcharging."}
    for officer in (a_protector_general(), a_protector_general()):
        agents.cancel_agent(market.agent.reference, **order, actor=officer)
    return nullcontext()


def given_back(market):
    agents.surrender_certificate(market.agent.reference, reason="We close.", actor=market.owner)
    return nullcontext()


def ended(market):
    day_after = market.agent.valid_until + timedelta(days=1)
    return clock.simulate(datetime.combine(day_after, time(12), UTC))


WITHOUT_CERTIFICATE = pytest.mark.parametrize("how", [suspended, cancelled, given_back, ended])


@WITHOUT_CERTIFICATE
def test_an_agent_without_a_standing_certificate_drafts_nothing(market, how):
    allotment = an_accepted_allotment(market)
    person = a_verified_emigrant(actor=market.owner)

    with how(market), refused(AgentBarred, "agent_not_active"):
        a_contract(market, person=person, allotment=allotment)


def test_one_live_contract_a_person_and_allotment(market):
    allotment = an_accepted_allotment(market)
    person = a_verified_emigrant(actor=market.owner)
    case = a_contract(market, person=person, allotment=allotment)

    with refused(AlreadyExists):
        a_contract(market, person=person, allotment=allotment)
    actions.void_contract(case.reference, "Written wrongly.", actor=market.owner)
    assert a_contract(market, person=person, allotment=allotment).state == "draft"


@pytest.mark.parametrize(
    "wrong",
    [
        {"wage_minor": 0},
        {"months": 601},
        {"currency": "XXX"},
        {"occupation": "9999"},
        {"hours_per_day": 25},
        {"days_per_week": 8},
        {"passport_custody": "agent"},
        {"food": "sometimes"},
        {"starts_on": "2027-13-01"},
        {"title": " "},
    ],
)
def test_terms_that_make_no_sense_are_refused(market, wrong):
    allotment = an_accepted_allotment(market)
    person = a_verified_emigrant(actor=market.owner)
    new = NewContract(person.reference, allotment.pk, the_terms(**wrong))

    with refused(InvalidInput, "term_malformed"):
        actions.draft_contract(new, actor=market.owner)


def test_only_agents_draft(market):
    allotment = an_accepted_allotment(market)
    person = a_verified_emigrant(actor=market.owner)
    new = NewContract(person.reference, allotment.pk, the_terms())

    for actor in (market.company, market.mission, SYSTEM):
        with refused(NotPermitted):
            actions.draft_contract(new, actor=actor)


# --- signing and offering ---------------------------------------------------------------------


def test_the_employer_signs_the_hash_that_it_read(market):
    case = a_contract(market)

    with refused(InvalidInput, "terms_changed"):
        actions.sign_for_employer(case.reference, bytes(32), actor=market.company)
    with refused(NotPermitted):
        actions.sign_for_employer(case.reference, bytes(case.terms_hash), actor=market.owner)
    with refused(WrongState):
        actions.offer_contract(case.reference, actor=market.owner)
    signed = actions.sign_for_employer(case.reference, bytes(case.terms_hash), actor=market.company)
    assert signed.state == "employer_signed"


def test_the_agent_offers_what_is_signed(market):
    case = a_signed_contract(market)

    with refused(NotPermitted):
        actions.offer_contract(case.reference, actor=market.company)
    assert actions.offer_contract(case.reference, actor=market.owner).state == "offered"


# --- reading back -----------------------------------------------------------------------------


@pytest.mark.parametrize("fact", ["wage", "hours", "employer", "place", "deductions"])
def test_each_of_the_five_facts_must_be_right(market, fact):
    case = an_offered_contract(market)

    checked = read_back(case, **{fact: "something else"})

    assert (checked.all_right, checked.right[fact]) == (False, False)
    assert sum(checked.right.values()) == 4
    with refused(Blocked, "read_back_missing"):
        agree(case)


def test_spaces_and_capitals_are_forgiven(market):
    case = an_offered_contract(market)

    assert read_back(case, place="  RIYADH ").all_right


def test_all_five_facts_are_asked(market):
    case = an_offered_contract(market)
    answers = the_answers(case) | {"place": " "}
    del answers["wage"]

    with refused(InvalidInput, "answer_missing"):
        actions.read_back(case.reference, answers, actor=the_emigrant(case), language="hi")


def test_nobody_reads_back_for_the_emigrant(market):
    case = an_offered_contract(market)

    for actor, error in (
        (market.owner, NotPermitted),
        (market.company, NotPermitted),
        (the_emigrant(a_contract(market)), NotFound),
    ):
        with refused(error):
            actions.read_back(case.reference, the_answers(case), actor=actor, language="hi")


# --- consent ----------------------------------------------------------------------------------


def test_consent_is_bound_to_the_hash(market):
    case = an_offered_contract(market)
    read_back(case)

    with refused(InvalidInput, "terms_changed"):
        agree(case, terms_hash=bytes(32))
    agreed = agree(case)
    assert (agreed.state, agreed.held_by) == ("consented", "emigrant")
    assert agreed.think_until - agreed.consented_at == timedelta(hours=24)


def test_what_was_read_back_of_another_version_does_not_count(market):
    case = an_offered_contract(market)
    read_back(case)
    actions.revise_contract(
        case.reference, the_terms(wage_minor=170_000), actor=market.owner, reason="Cut."
    )
    again = as_stored(case)
    actions.sign_for_employer(case.reference, bytes(again.terms_hash), actor=market.company)
    actions.offer_contract(case.reference, actor=market.owner)

    with refused(Blocked, "read_back_missing"):
        agree(again)
    with refused(InvalidInput, "terms_changed"):
        agree(case)
    read_back(again)
    assert agree(again).state == "consented"


def test_nobody_agrees_for_the_emigrant(market):
    case = an_offered_contract(market)
    read_back(case)
    given = {"terms_hash": bytes(case.terms_hash), "language": "hi"}

    with refused(NotPermitted):
        actions.consent(case.reference, actor=market.owner, **given)
    with refused(NotPermitted):
        actions.consent(case.reference, actor=SYSTEM, **given)


def test_the_emigrant_declines(market):
    case = an_offered_contract(market)

    declined = actions.decline_contract(case.reference, actor=the_emigrant(case))

    assert declined.state == "declined"
    with acting(market.company):
        assert not emigrants_for(market.company).filter(pk=case.emigrant_id).exists()
    with refused(WrongState):
        agree(case)


def test_the_consent_is_taken_back_while_there_is_time(market):
    case = an_agreed_contract(market)

    with refused(NotPermitted):
        actions.withdraw_consent(case.reference, actor=market.owner)
    withdrawn = actions.withdraw_consent(case.reference, actor=the_emigrant(case))

    with acting(SYSTEM):
        assert Consent.objects.get(contract=case).withdrawn_at is not None
    assert withdrawn.state == "withdrawn"
    with later(hours=25):
        assert actions.lock_thought_over(actor=SYSTEM) == 0
        with refused(WrongState):
            actions.lock_contract(case.reference, actor=SYSTEM)


# --- fixing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [0, 23.9])
def test_nothing_is_fixed_before_the_time_to_think_is_over(market, hours):
    case = an_agreed_contract(market)

    with later(hours=hours):
        for actor in (SYSTEM, market.owner, the_emigrant(case)):
            with refused(Blocked, "cooling_off"):
                actions.lock_contract(case.reference, actor=actor)
        clocks()
    assert as_stored(case).state == "consented"


def test_the_clock_fixes_what_was_thought_over(market):
    early = an_agreed_contract(market)
    with later(hours=12):
        late = an_agreed_contract(market)
    with later(hours=25):
        clocks()

    assert [as_stored(each).state for each in (early, late)] == ["locked", "consented"]
    assert told(early)[-1] == "contract.locked"


def test_a_fixed_contract_changes_no_more(market):
    case = a_fixed_contract(market)

    with refused(WrongState):
        actions.revise_contract(case.reference, the_terms(), actor=market.owner, reason="Cut.")
    with refused(WrongState):
        actions.withdraw_consent(case.reference, actor=the_emigrant(case))
    with refused(WrongState):
        actions.void_contract(case.reference, "Not needed.", actor=market.owner)


# --- versions ---------------------------------------------------------------------------------


def test_a_change_makes_a_new_version_and_keeps_the_old_one(market):
    case = an_agreed_contract(market)
    first = bytes(case.terms_hash)

    changed = actions.revise_contract(
        case.reference, the_terms(wage_minor=200_000), actor=market.owner, reason="Raised."
    )

    with acting(SYSTEM):
        rows = ContractVersion.objects.filter(contract=case).order_by("number")
        versions = [(row.number, row.terms["wage_minor"], bytes(row.hash)) for row in rows]
    assert (changed.state, changed.version_number) == ("draft", 2)
    assert (changed.read_back_at, changed.consented_at, changed.think_until) == (None, None, None)
    assert versions == [(1, 180_000, first), (2, 200_000, bytes(changed.terms_hash))]
    assert told(case)[-1] == "contract.changed"


def test_a_change_says_why(market):
    case = an_offered_contract(market)

    with refused(ReasonRequired):
        actions.revise_contract(case.reference, the_terms(), actor=market.owner, reason=" ")
    with refused(NotPermitted):
        actions.revise_contract(case.reference, the_terms(), actor=market.company, reason="Cut.")
    with refused(InvalidInput, "term_malformed"):
        actions.revise_contract(
            case.reference, the_terms(wage_minor=0), actor=market.owner, reason="Cut."
        )


# --- ends -------------------------------------------------------------------------------------


def test_the_employer_gives_up_a_contract_that_is_not_agreed_to(market):
    case = an_offered_contract(market)

    with refused(ReasonRequired):
        actions.void_contract(case.reference, "", actor=market.company)
    with refused(NotPermitted):
        actions.void_contract(case.reference, "No.", actor=the_emigrant(case))
    assert actions.void_contract(case.reference, "Stopped.", actor=market.company).state == "void"


def test_only_the_emigrant_or_the_government_undoes_a_fixed_contract(market):
    case = a_fixed_contract(market)

    for actor in (market.owner, market.company):
        with refused(NotPermitted):
            actions.annul_contract(case.reference, "Not needed.", actor=actor)
    undone = actions.annul_contract(case.reference, "I stay.", actor=the_emigrant(case))

    assert undone.state == "void"
    other = a_fixed_contract(market)
    ordered = actions.annul_contract(other.reference, "Cheating.", actor=a_protector_general())
    assert ordered.state == "void"


def test_a_contract_is_found_by_its_own_people(market):
    case = a_contract(market)

    stranger = with_another_agency(market).owner

    with acting(market.owner):
        assert queries.contract(case.reference, actor=market.owner).pk == case.pk
    with acting(stranger), pytest.raises(NotFound):
        queries.contract(case.reference, actor=stranger)


@WITHOUT_CERTIFICATE
def test_an_agent_without_a_standing_certificate_offers_nothing(market, how):
    case = a_signed_contract(market)

    with how(market), refused(AgentBarred, "agent_not_active"):
        actions.offer_contract(case.reference, actor=market.owner)


@WITHOUT_CERTIFICATE
@pytest.mark.parametrize("made", [a_contract, an_offered_contract, an_agreed_contract])
def test_an_agent_without_a_standing_certificate_changes_no_terms(market, how, made):
    case = made(market)

    with how(market), refused(AgentBarred, "agent_not_active"):
        actions.revise_contract(case.reference, the_terms(), actor=market.owner, reason="Cut.")


def test_a_restored_agent_changes_terms_again(market):
    case, reference = a_contract(market), market.agent.reference
    officers = a_protector_general(), a_protector_general()
    agents.suspend_agent(reference, reason="Complaint.", actor=officers[0])
    for officer in officers:
        agents.restore_agent(reference, reason="Settled.", actor=officer)

    changed = actions.revise_contract(
        case.reference, the_terms(wage_minor=200_000), actor=market.owner, reason="Raised."
    )

    assert changed.version_number == 2
