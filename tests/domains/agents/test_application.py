"""From application to certificate, and every refusal with nothing changed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from emigrate.domains.agents import actions, queries
from emigrate.domains.agents.actions.apply import ApplicationOpen, GuaranteeUsed
from emigrate.domains.agents.models import Agent, AgentApplication, Guarantee
from emigrate.domains.agents.queries import Officer
from emigrate.domains.payments.models import Order
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.clocks import escalate_overdue
from emigrate.foundation.errors import (
    Blocked,
    InvalidInput,
    NotFound,
    NotPermitted,
    OutOfTurn,
    WrongState,
)
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from tests.factories.agents import (
    SYSTEM,
    a_forwarded_application,
    a_guarantee,
    a_new_application,
    a_protector,
    a_protector_general,
    a_submitted_application,
    an_agency_owner,
    an_agent,
    an_examiner,
    pay_fee,
    with_security_called,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.simulate(NOW):
        yield
        connection.check_constraints()


def stored(reference):
    with acting(SYSTEM):
        return AgentApplication.objects.get(reference=reference)


def refused(refusal, act, reference):
    before = stored(reference)

    with pytest.raises(refusal) as caught:
        act()

    after = stored(reference)
    assert (after.state, after.audit_seq) == (before.state, before.audit_seq)
    return caught.value


def events(stream, case):
    with acting(SYSTEM):
        rows = AuditLeaf.objects.filter(stream=stream, case_id=case.pk).order_by("seq")
        return [(leaf.event.partition(".")[2], leaf.after_state) for leaf in rows]


def test_a_certificate_is_issued_for_five_years():
    owner, protector, general = an_agency_owner(), a_protector(), a_protector_general()

    case = actions.apply_for_certificate(a_new_application(), actor=owner)
    reference = case.reference
    actions.submit_application(reference, actor=owner)
    pay_fee(reference)
    actions.take_up_application(reference, actor=protector)
    actions.query_application(reference, reason="Send the lease.", actor=protector)
    actions.answer_query(reference, reply="Attached.", actor=owner)
    actions.order_inspection(reference, actor=protector)
    actions.report_inspection(reference, area=55, report="Seen.", actor=protector)
    actions.report_police(reference, report="Nothing adverse.", actor=protector)
    actions.examine_application(reference, actor=an_examiner())
    actions.call_security(reference, actor=general)
    actions.give_guarantee(reference, a_guarantee(), actor=owner)
    actions.confirm_guarantee(reference, bank_reference="SFMS-7", actor=an_examiner())
    agent = actions.issue_certificate(reference, actor=general)

    assert events("agent_application", case) == [
        ("created", "draft"),
        ("submitted", "submitted"),
        ("fee_paid", "fee_paid"),
        ("taken_up", "poe_scrutiny"),
        ("queried", "query_poe"),
        ("answered", "poe_scrutiny"),
        ("inspection_ordered", "poe_inspection"),
        ("inspected", "police_verification"),
        ("forwarded", "forwarded_pge"),
        ("examined", "pge_scrutiny"),
        ("security_called", "loi_issued"),
        ("guarantee_given", "bg_submitted"),
        ("guarantee_confirmed", "bg_verified"),
        ("issued", "rc_issued"),
    ]
    assert (agent.state, agent.issued_on, agent.valid_until, agent.capacity) == (
        "active",
        date(2026, 11, 23),
        date(2031, 11, 22),
        None,
    )
    assert (agent.office, agent.state_agency, stored(reference).agent_id) == (
        case.office,
        False,
        agent.pk,
    )


@pytest.mark.parametrize(("category", "fee", "security", "capacity"), [
    ("normal", 2_500_000, 500_000_000, None),
    ("small",  1_000_000,  80_000_000, 100),
])  # fmt: skip
def test_fee_and_security_are_the_laws_figures(category, fee, security, capacity):
    owner = an_agency_owner()

    case = with_security_called(owner, category=category)
    with acting(SYSTEM):
        order = Order.objects.get(subject_reference=case.reference)

    assert (order.amount_minor, order.currency, order.head) == (fee, "INR", "rc_fee")
    assert order.payer_organisation_id == owner.organisation_id
    assert (case.fee_minor, case.security_minor) == (fee, security)
    assert an_agent(category=category).capacity == capacity


def test_a_state_corporation_is_an_agency_of_a_state():
    assert an_agent(entity="state_corporation").state_agency is True


def test_the_office_is_that_of_the_place():
    case = actions.apply_for_certificate(
        a_new_application(state_code="7", district_code="77"), actor=an_agency_owner()
    )

    assert case.office == "DEL"


def test_nothing_begins_before_the_fee_is_paid():
    owner = an_agency_owner()
    case = a_submitted_application(owner)

    error = refused(
        Blocked, lambda: actions.confirm_fee(case.reference, actor=owner), case.reference
    )
    refused(
        WrongState,
        lambda: actions.take_up_application(case.reference, actor=a_protector()),
        case.reference,
    )

    assert error.facts["codes"] == ["fee_unpaid"]


@pytest.mark.parametrize(("changes", "pointer", "code"), [
    ({"legal_name": "-"},                "/legal_name",  "name_missing"),
    ({"category": "large"},              "/category",    "category_unknown"),
    ({"entity": "club"},                 "/entity",      "entity_unknown"),
    ({"kind": "gift"},                   "/kind",        "kind_unknown"),
    ({"pan": "AAACS12345"},              "/pan",         "pan_malformed"),
    ({"gstin": "27AAPFU0939F1ZX"},       "/gstin",       "gstin_malformed"),
    ({"office_area": 0},                 "/office_area", "area_missing"),
    ({"address": ""},                    "/address",     "address_missing"),
    ({"trade_name": "x" * 201},          "/trade_name",  "too_long"),
    ({"officers": ()},                   "/officers",    "officers_missing"),
    ({"officers": (Officer("A", date(2005, 11, 24)),)}, "/officers", "too_young"),
])  # fmt: skip
def test_a_wrong_field_is_named(changes, pointer, code):
    owner = an_agency_owner()

    with pytest.raises(InvalidInput) as caught:
        actions.apply_for_certificate(a_new_application(**changes), actor=owner)

    assert [(e["pointer"], e["code"]) for e in caught.value.errors] == [(pointer, code)]
    with acting(SYSTEM):
        assert not AgentApplication.objects.filter(organisation_id=owner.organisation_id).exists()


def test_who_is_of_age_today_may_run_an_agency():
    new = a_new_application(officers=(Officer("A", date(2005, 11, 23)),))

    case = actions.apply_for_certificate(new, actor=an_agency_owner())

    assert case.state == "draft"


def test_names_and_pan_are_sealed_and_open_for_officers():
    owner = an_agency_owner()
    new = a_new_application()
    case = actions.apply_for_certificate(new, actor=owner)

    with acting(a_protector(case.office)) as now_acting:
        seen = queries.officers(case.reference, actor=now_acting.actor)

    assert seen == new.officers
    assert b"Sample Director" not in bytes(stored(case.reference).officers_sealed)
    assert new.pan.encode() not in bytes(stored(case.reference).pan_sealed)


def test_one_open_application_an_agency():
    owner = an_agency_owner()
    actions.apply_for_certificate(a_new_application(), actor=owner)

    with pytest.raises(ApplicationOpen):
        actions.apply_for_certificate(a_new_application(), actor=owner)

    with acting(SYSTEM):
        rows = AgentApplication.objects.filter(organisation_id=owner.organisation_id)
        assert rows.count() == 1


def test_an_agency_with_a_live_certificate_does_not_apply_for_a_first_one():
    owner = an_agency_owner()
    an_agent(owner)
    case = actions.apply_for_certificate(a_new_application(), actor=owner)

    error = refused(
        Blocked, lambda: actions.submit_application(case.reference, actor=owner), case.reference
    )

    assert error.facts["codes"] == ["certificate_live"]


@pytest.mark.parametrize(("amount", "days", "codes"), [
    (499_999_999, 3700, ["guarantee_too_small"]),
    (500_000_000, 3102, ["guarantee_too_short"]),
    (1,           100,  ["guarantee_too_small", "guarantee_too_short"]),
])  # fmt: skip
def test_a_guarantee_is_large_and_long_enough(amount, days, codes):
    owner = an_agency_owner()
    case = with_security_called(owner)
    weak = a_guarantee(amount, expires_on=date(2026, 11, 23) + timedelta(days=days))

    error = refused(
        Blocked,
        lambda: actions.give_guarantee(case.reference, weak, actor=owner),
        case.reference,
    )

    assert error.facts["codes"] == codes
    with acting(SYSTEM):
        assert not Guarantee.objects.filter(application=case).exists()


def test_a_guarantee_of_102_months_to_the_day_is_long_enough():
    owner = an_agency_owner()
    case = with_security_called(owner)

    actions.give_guarantee(case.reference, a_guarantee(expires_on=date(2035, 5, 23)), actor=owner)

    assert stored(case.reference).state == "bg_submitted"


@pytest.mark.parametrize(("changes", "pointer"), [
    ({"ifsc": "SAMPLE"}, "/ifsc"),
    ({"number": " "}, "/number"),
    ({"issued_on": date(2026, 11, 24)}, "/number"),
])  # fmt: skip
def test_a_guarantee_is_written_right(changes, pointer):
    owner = an_agency_owner()
    case = with_security_called(owner)

    error = refused(
        InvalidInput,
        lambda: actions.give_guarantee(case.reference, a_guarantee(**changes), actor=owner),
        case.reference,
    )

    assert error.errors[0]["pointer"] == pointer


def test_who_has_no_agency_does_not_apply():
    for nobody in (Actor(Role.RA_ADMIN, 1), Actor(Role.RA_STAFF, 1, 1), Actor.public()):
        with pytest.raises(NotPermitted):
            actions.apply_for_certificate(a_new_application(), actor=nobody)


def test_one_guarantee_does_not_stand_behind_two_certificates():
    first, second = an_agency_owner(), an_agency_owner()
    one, two = with_security_called(first), with_security_called(second)
    guarantee = a_guarantee()
    actions.give_guarantee(one.reference, guarantee, actor=first)

    refused(
        GuaranteeUsed,
        lambda: actions.give_guarantee(two.reference, guarantee, actor=second),
        two.reference,
    )


def test_a_returned_guarantee_is_replaced():
    owner, examiner = an_agency_owner(), an_examiner()
    case = with_security_called(owner)
    actions.give_guarantee(case.reference, a_guarantee(), actor=owner)

    actions.return_guarantee(case.reference, reason="The bank does not know it.", actor=examiner)
    actions.give_guarantee(case.reference, a_guarantee(), actor=owner)
    verified = actions.confirm_guarantee(case.reference, bank_reference="S", actor=examiner)

    assert verified.state == "bg_verified"
    with acting(SYSTEM):
        rows = Guarantee.objects.filter(application=case).order_by("id")
        assert [(row.released_at is None, row.verified_at) for row in rows] == [
            (False, None),
            (True, NOW),
        ]


@pytest.mark.parametrize(("who", "refusal"), [
    (lambda case: an_agency_owner(),                  NotFound),
    (lambda case: a_protector("MAA"),                 NotFound),
    (lambda case: a_protector(case.office),           NotPermitted),
    (lambda case: an_examiner(),                      NotPermitted),
])  # fmt: skip
def test_only_the_protector_general_calls_for_security(who, refusal):
    case = a_forwarded_application()
    actions.examine_application(case.reference, actor=an_examiner())
    actor = who(case)

    refused(refusal, lambda: actions.call_security(case.reference, actor=actor), case.reference)


def test_a_refusal_frees_the_guarantee():
    owner = an_agency_owner()
    case = with_security_called(owner)
    actions.give_guarantee(case.reference, a_guarantee(), actor=owner)
    actions.confirm_guarantee(case.reference, bank_reference="S", actor=an_examiner())

    rejected = actions.reject_application(
        case.reference, reason="Not a fit person.", actor=a_protector_general()
    )

    assert rejected.state == "rejected"
    with acting(SYSTEM):
        assert Guarantee.objects.get(application=case).released_at == NOW


def before_the_office(state_code="27", district_code="482"):
    case = a_submitted_application(state_code=state_code, district_code=district_code)
    pay_fee(case.reference)
    return stored(case.reference)


def test_applications_are_taken_up_in_the_order_of_the_office():
    first, second = before_the_office(), before_the_office()
    other = before_the_office("32", "554")
    protector = a_protector(first.office)

    refused(
        OutOfTurn,
        lambda: actions.take_up_application(second.reference, actor=protector),
        second.reference,
    )
    elsewhere = actions.take_up_application(other.reference, actor=a_protector(other.office))
    taken = actions.take_up_application(second.reference, reason="Urgent.", actor=protector)

    with acting(SYSTEM):
        leaf = AuditLeaf.objects.get(event="agent_application.taken_up", case_id=second.pk)
    assert (elsewhere.state, taken.state) == ("poe_scrutiny", "poe_scrutiny")
    assert leaf.reason == "Urgent."
    assert other.office != first.office


def test_the_protector_general_examines_in_the_order_of_the_country():
    first, second = a_forwarded_application(), a_forwarded_application()

    refused(
        OutOfTurn,
        lambda: actions.examine_application(second.reference, actor=an_examiner()),
        second.reference,
    )
    actions.examine_application(first.reference, actor=an_examiner())
    taken = actions.examine_application(second.reference, actor=a_protector_general())

    assert taken.state == "pge_scrutiny"


def with_the_inspector():
    case = before_the_office()
    protector = a_protector(case.office)
    actions.take_up_application(case.reference, actor=protector)
    return actions.order_inspection(case.reference, actor=protector)


def test_the_protector_general_goes_on_with_what_an_office_left_overdue():
    case, general = with_the_inspector(), a_protector_general()
    reference = case.reference

    def inspect():
        return actions.report_inspection(reference, area=60, report="Seen.", actor=general)

    def forward():
        return actions.report_police(reference, report="Nothing adverse.", actor=general)

    refused(NotPermitted, inspect, reference)
    with clock.simulate(NOW + timedelta(days=60)):
        escalate_overdue(actor=SYSTEM)
        with acting(general):
            seen = [each.reference for each in queries.examination_queue(general)]
        inspected = inspect()
        refused(NotPermitted, forward, reference)
        down = (inspected.state, inspected.held_by, inspected.escalation)
    with clock.simulate(NOW + timedelta(days=120)):
        escalate_overdue(actor=SYSTEM)
        forwarded = forward()

    assert (seen, down) == ([reference], ("police_verification", "poe", 0))
    assert (forwarded.state, forwarded.held_by) == ("forwarded_pge", "pge_da")


def test_what_has_not_risen_is_the_offices_own():
    case, general = with_the_inspector(), a_protector_general()

    with acting(general):
        queue = list(queries.examination_queue(general))

    assert queue == []
    for act in (
        lambda: actions.query_application(case.reference, reason="?", actor=general),
        lambda: actions.forward_unchanged(case.reference, reason="?", actor=general),
    ):
        with pytest.raises((NotPermitted, WrongState)):
            act()


def test_nothing_rises_above_the_protector_general_but_it_is_overdue():
    owner = an_agency_owner()
    case = with_security_called(owner)
    actions.give_guarantee(case.reference, a_guarantee(), actor=owner)
    actions.confirm_guarantee(case.reference, bank_reference="SFMS-1", actor=an_examiner())

    with clock.simulate(NOW + timedelta(days=60)):
        rose = escalate_overdue(actor=SYSTEM)
        late = stored(case.reference)

    assert (rose, late.state, late.held_by, late.escalation) == (0, "bg_verified", "pge", 0)
    assert late.due_at < NOW + timedelta(days=60)


def test_an_application_lapses_without_the_security():
    case = with_security_called()
    early = actions.lapse_applications(actor=SYSTEM)

    with clock.simulate(NOW + timedelta(days=120)):
        late = actions.lapse_applications(actor=SYSTEM)

    assert (early, late, stored(case.reference).state) == (0, 1, "lapsed")


def test_details_change_while_a_question_is_open_but_not_the_office():
    owner, protector = an_agency_owner(), a_protector()
    case = a_submitted_application(owner)
    pay_fee(case.reference)
    actions.take_up_application(case.reference, actor=protector)
    new = a_new_application(office_area=70)
    refused(
        WrongState,
        lambda: actions.correct_application(case.reference, new, actor=owner),
        case.reference,
    )
    actions.query_application(case.reference, reason="How large?", actor=protector)

    changed = actions.correct_application(case.reference, new, actor=owner)
    papered = actions.attach_paper(case.reference, "lease", "DC-1", actor=owner)
    moved = a_new_application(state_code="7", district_code="77")
    error = refused(
        InvalidInput,
        lambda: actions.correct_application(case.reference, moved, actor=owner),
        case.reference,
    )

    assert (changed.office_area, papered.papers) == (70, {"lease": "DC-1"})
    assert error.errors[0]["code"] == "office_fixed"


def test_findings_are_kept_with_the_step_as_far_as_its_actor_sees():
    an_agent(legal_name="Golden Harvest Overseas")
    a_submitted_application(pan="AAACS7777A")
    case = with_security_called(legal_name="Go1den Harvest 0verseas", pan="AAACS7777A")

    with acting(SYSTEM):
        rows = AuditLeaf.objects.filter(stream="agent_application", case_id=case.pk)
        kept = {leaf.event: leaf.findings for leaf in rows if leaf.findings}

    assert {event: [each["code"] for each in found] for event, found in kept.items()} == {
        "agent_application.submitted": ["name_alike"],
        "agent_application.forwarded": ["pan_elsewhere", "name_alike"],
        "agent_application.security_called": ["pan_elsewhere", "name_alike"],
    }


def test_a_small_office_is_referred_to_the_officer():
    case = a_submitted_application(office_area=20)

    with acting(SYSTEM):
        leaf = AuditLeaf.objects.get(event="agent_application.submitted", case_id=case.pk)

    assert [(each["code"], each["severity"], each["value"]) for each in leaf.findings] == [
        ("office_small", "refer", 50)
    ]


@pytest.mark.parametrize(("day", "cause", "codes"), [
    (date(2031, 8, 24),  "",        None),
    (date(2031, 8, 25),  "",        ["renewal_cause_missing"]),
    (date(2031, 8, 25),  "Illness", None),
    (date(2031, 11, 22), "Illness", None),
    (date(2031, 11, 23), "Illness", ["renewal_after_expiry"]),
])  # fmt: skip
def test_a_renewal_is_filed_in_its_window(day, cause, codes):
    owner = an_agency_owner()
    an_agent(owner)

    with clock.simulate(datetime(day.year, day.month, day.day, 6, tzinfo=UTC)):
        new = a_new_application(kind="renewal", cause=cause)
        case = actions.apply_for_certificate(new, actor=owner)
        if codes is None:
            assert actions.submit_application(case.reference, actor=owner).state == "submitted"
        else:
            error = refused(
                Blocked,
                lambda: actions.submit_application(case.reference, actor=owner),
                case.reference,
            )
            assert error.facts["codes"] == codes


def test_a_renewal_follows_the_old_period_and_opens_fresh_capacity():
    owner, protector, general = an_agency_owner(), a_protector(), a_protector_general()
    agent = an_agent(owner, category="small")
    actions.use_capacity(agent.pk, 30, actor=SYSTEM)

    with clock.simulate(datetime(2031, 5, 5, 6, tzinfo=UTC)):
        new = a_new_application(kind="renewal", category="small")
        case = actions.apply_for_certificate(new, actor=owner)
        actions.submit_application(case.reference, actor=owner)
        pay_fee(case.reference)
        actions.take_up_application(case.reference, actor=protector)
        actions.forward_unchanged(case.reference, reason="Nothing changed.", actor=protector)
        actions.examine_application(case.reference, actor=general)
        actions.query_further(case.reference, reason="Returns?", actor=general)
        actions.answer_query(case.reference, reply="Filed.", actor=owner)
        actions.call_security(case.reference, actor=general)
        actions.give_guarantee(case.reference, a_guarantee(80_000_000), actor=owner)
        actions.confirm_guarantee(case.reference, bank_reference="S", actor=general)
        renewed = actions.issue_certificate(case.reference, actor=general)

    assert (renewed.pk, renewed.valid_until, renewed.capacity, renewed.workers_used) == (
        agent.pk,
        date(2036, 11, 22),
        130,
        30,
    )


def test_there_is_nothing_to_renew_without_a_certificate():
    with pytest.raises(NotFound) as caught:
        actions.apply_for_certificate(a_new_application(kind="renewal"), actor=an_agency_owner())

    assert caught.value.reason_code == "certificate_missing"


def test_an_application_is_withdrawn():
    owner = an_agency_owner()
    case = a_submitted_application(owner)

    gone = actions.withdraw_application(case.reference, reason="Not now.", actor=owner)
    again = actions.apply_for_certificate(a_new_application(), actor=owner)

    assert (gone.state, again.state) == ("withdrawn", "draft")
    with acting(SYSTEM):
        assert Agent.objects.filter(organisation_id=owner.organisation_id).count() == 0
