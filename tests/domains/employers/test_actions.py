"""Registering an employer, and every refusal with nothing changed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from emigrate.domains.employers import actions, queries
from emigrate.domains.employers.actions.register import CodeSentJustNow, RegisteredAlready
from emigrate.domains.employers.models import EmailCode, Employer, RecruitmentYear
from emigrate.domains.notifications.models import Message
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import (
    Blocked,
    DomainError,
    Exhausted,
    InvalidInput,
    NotFound,
    NotPermitted,
    OutOfTurn,
    OwnCase,
    ReasonRequired,
    WrongState,
)
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from tests.factories.accounts import an_employer as an_organisation
from tests.factories.employers import (
    SYSTEM,
    a_contact,
    a_draft,
    a_head_of_mission,
    a_mission_officer,
    a_new_employer,
    a_protector_general,
    a_submitted,
    an_applicant,
    an_employer,
    code_sent,
    in_scrutiny,
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
        return Employer.objects.get(reference=reference)


def leaves(case):
    with acting(SYSTEM):
        rows = AuditLeaf.objects.filter(stream="employer", case_id=case.pk).order_by("seq")
        return [(leaf.event, leaf.after_state, leaf.actor_role) for leaf in rows]


def refused(refusal, act, reference):
    before, count = stored(reference), len(leaves(stored(reference)))

    with pytest.raises(refusal) as caught:
        act()

    after = stored(reference)
    assert (after.state, after.audit_seq) == (before.state, before.audit_seq)
    assert len(leaves(after)) == count
    return caught.value


def test_an_employer_is_registered_by_the_mission():
    applicant, officer = an_applicant(), a_mission_officer()

    draft = actions.register_employer(a_new_employer(), actor=applicant)
    actions.verify_email(draft.reference, code_sent(draft.reference), actor=applicant)
    actions.submit_registration(draft.reference, actor=applicant)
    actions.take_up_registration(draft.reference, actor=officer)
    actions.query_employer(draft.reference, reason="The licence is not legible.", actor=officer)
    actions.answer_query(draft.reference, reply="A new scan is attached.", actor=applicant)
    actions.send_to_local_check(draft.reference, actor=officer)
    actions.record_local_check(draft.reference, report="Office found as stated.", actor=officer)
    case = actions.approve_employer(draft.reference, actor=officer)

    assert (case.state, case.approved_at) == ("active", NOW)
    assert leaves(case) == [
        ("employer.created", "draft", "fe_admin"),
        ("employer.email_verified", "otp_verified", "fe_admin"),
        ("employer.submitted", "submitted", "fe_admin"),
        ("employer.taken_up", "mission_scrutiny", "mission_lw"),
        ("employer.queried", "queried", "mission_lw"),
        ("employer.answered", "mission_scrutiny", "fe_admin"),
        ("employer.check_ordered", "local_check", "mission_lw"),
        ("employer.check_recorded", "mission_scrutiny", "mission_lw"),
        ("employer.approved", "approved", "mission_lw"),
        ("employer.activated", "active", "system"),
    ]
    with acting(SYSTEM):
        told = Message.objects.filter(organisation_id=case.organisation_id)
        assert list(told.order_by("id").values_list("event", flat=True)) == [
            "employer.queried",
            "employer.approved",
        ]


def test_the_code_is_kept_as_a_hash_and_read_by_nobody_on_the_site():
    applicant = an_applicant()

    case = a_draft(applicant)

    code = code_sent(case.reference)
    with acting(SYSTEM):
        kept = EmailCode.objects.get(employer=case)
    assert (len(code), code.encode() in bytes(kept.code_hash)) == (6, False)
    with acting(applicant):
        assert (EmailCode.objects.count(), Message.objects.count()) == (0, 0)


def test_a_wrong_code_counts_and_five_void_the_code():
    applicant = an_applicant()
    case = a_draft(applicant)
    code = code_sent(case.reference)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    for _ in range(5):
        error = refused(
            InvalidInput,
            lambda: actions.verify_email(case.reference, wrong, actor=applicant),
            case.reference,
        )
        assert error.errors[0]["code"] == "code_wrong"
    error = refused(
        InvalidInput,
        lambda: actions.verify_email(case.reference, code, actor=applicant),
        case.reference,
    )

    assert error.errors[0]["code"] == "code_expired"
    with acting(SYSTEM):
        assert EmailCode.objects.get(employer=case).tries == 5


def test_a_code_dies_after_ten_minutes_and_a_fresh_one_works():
    applicant = an_applicant()
    case = a_draft(applicant)
    old = code_sent(case.reference)

    with clock.simulate(NOW + timedelta(minutes=10)):
        refused(
            InvalidInput,
            lambda: actions.verify_email(case.reference, old, actor=applicant),
            case.reference,
        )
        actions.send_email_code(case.reference, actor=applicant)
        fresh = code_sent(case.reference)
        done = actions.verify_email(case.reference, fresh, actor=applicant)

    assert done.state == "otp_verified"


def test_codes_are_not_sent_twice_within_a_minute():
    applicant = an_applicant()
    case = a_draft(applicant)

    refused(
        CodeSentJustNow,
        lambda: actions.send_email_code(case.reference, actor=applicant),
        case.reference,
    )


def test_a_code_confirms_once():
    applicant = an_applicant()
    case = a_draft(applicant)
    code = code_sent(case.reference)
    actions.verify_email(case.reference, code, actor=applicant)

    refused(
        WrongState,
        lambda: actions.verify_email(case.reference, code, actor=applicant),
        case.reference,
    )


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"name": " - "}, "/name", "name_missing"),
        ({"name": "x" * 201}, "/name", "too_long"),
        ({"country": "IND"}, "/country", "country_unknown"),
        ({"mission_code": "NOWHERE"}, "/mission_code", "mission_unknown"),
        ({"registration_number": " / "}, "/registration_number", "number_missing"),
        ({"kind": "club"}, "/kind", "kind_unknown"),
        ({"contact": a_contact(email="nobody")}, "/contact/email", "email_malformed"),
        ({"contact": a_contact(phone="0500")}, "/contact/phone", "phone_malformed"),
        ({"workforce": 5, "indian_workers": 6}, "/indian_workers", "more_than_workforce"),
        ({"website": "javascript:alert(1)"}, "/website", "website_malformed"),
        ({"complaint_pending": True}, "/complaint_details", "details_missing"),
    ],
)
def test_a_wrong_field_is_named(changes, pointer, code):
    applicant = an_applicant()
    new = a_new_employer(**changes) if "country" not in changes else None
    if new is None:
        base = a_new_employer()
        new = type(base)(**{f: getattr(base, f) for f in base.__dataclass_fields__} | changes)

    with pytest.raises(InvalidInput) as caught:
        actions.register_employer(new, actor=applicant)

    assert (pointer, code) in [(e["pointer"], e["code"]) for e in caught.value.errors]
    with acting(SYSTEM):
        assert not Employer.objects.filter(organisation_id=applicant.organisation_id).exists()


def test_one_registration_a_country_and_number():
    number = "CR 77/000-1"
    first = a_submitted(registration_number=number)
    applicant = an_applicant()
    second = a_draft(applicant, registration_number="cr77-0001")
    actions.verify_email(second.reference, code_sent(second.reference), actor=applicant)
    elsewhere = a_submitted(an_applicant("ARE"), country="ARE", registration_number=number)

    error = refused(
        RegisteredAlready,
        lambda: actions.submit_registration(second.reference, actor=applicant),
        second.reference,
    )

    assert error.reason_code == "employer_registered_already"
    assert [stored(c.reference).state for c in (first, second, elsewhere)] == [
        "submitted",
        "otp_verified",
        "submitted",
    ]


def test_a_refused_employer_may_apply_again_under_its_number():
    case = in_scrutiny(registration_number="CR-REPEAT-1")
    actions.reject_employer(case.reference, reason="No licence.", actor=a_mission_officer())

    again = a_submitted(registration_number="CR-REPEAT-1")

    assert (stored(case.reference).state, again.state) == ("rejected", "submitted")


def test_an_ended_licence_is_not_submitted():
    applicant = an_applicant()
    case = a_draft(applicant, valid_until=date(2026, 11, 22))
    actions.verify_email(case.reference, code_sent(case.reference), actor=applicant)

    error = refused(
        Blocked,
        lambda: actions.submit_registration(case.reference, actor=applicant),
        case.reference,
    )

    assert error.facts["codes"] == ["licence_ended"]


def test_a_licence_that_ends_today_is_submitted():
    assert a_submitted(valid_until=date(2026, 11, 23)).state == "submitted"


@pytest.mark.parametrize(("who", "refusal"), [
    (lambda case: an_applicant(),                   NotFound),
    (lambda case: a_mission_officer("ARE"),         NotFound),
    (lambda case: Actor(Role.RA_ADMIN, 1, 1),       NotFound),
    (lambda case: Actor.public(),                   NotFound),
    (lambda case: Actor(Role.MISSION_LW, 1),        NotFound),
    (lambda case: Actor(Role.POE, 1, office="DEL"), NotPermitted),
    (lambda case: a_protector_general(),            NotPermitted),
    (lambda case: Actor(Role.AUDITOR, 1),           NotPermitted),
    (lambda case: Actor(Role.FE_ADMIN, 1, case.organisation_id), NotPermitted),
])  # fmt: skip
def test_only_the_mission_of_the_country_decides(who, refusal):
    case = in_scrutiny()
    actor = who(case)

    refused(refusal, lambda: actions.approve_employer(case.reference, actor=actor), case.reference)


def test_who_keys_it_in_at_the_counter_does_not_decide_it():
    officer, organisation = a_mission_officer(), an_organisation()
    new = a_new_employer(organisation_id=organisation.pk)
    case = actions.register_employer(new, actor=officer)
    actions.verify_email(case.reference, code_sent(case.reference), actor=officer)
    actions.submit_registration(case.reference, actor=officer)
    actions.take_up_registration(case.reference, actor=officer)

    refused(
        OwnCase, lambda: actions.approve_employer(case.reference, actor=officer), case.reference
    )
    other = actions.approve_employer(case.reference, actor=a_mission_officer())

    assert other.state == "active"


def corrected(reference, applicant, officer):
    new = a_new_employer(name="Corrected LLC", contact=queries.contact(reference, actor=officer))
    actions.correct_details(reference, new, actor=officer)
    actions.answer_query(reference, reply="Corrected.", actor=applicant)


def answered(reference, applicant, officer):
    actions.answer_query(reference, reply="He told us.", actor=officer)


def papered(reference, applicant, officer):
    actions.attach_paper(reference, "licence", "DC-1", actor=officer)
    actions.answer_query(reference, reply="See the paper.", actor=applicant)


@pytest.mark.parametrize("filing", [corrected, answered, papered])
@pytest.mark.parametrize("decide", ["approve_employer", "reject_employer"])
def test_an_officer_who_files_for_the_employer_does_not_decide(filing, decide):
    applicant, officer = an_applicant(), a_mission_officer()
    case = in_scrutiny(applicant)
    actions.query_employer(case.reference, reason="Which gate?", actor=officer)
    filing(case.reference, applicant, officer)

    act = getattr(actions, decide)
    refused(OwnCase, lambda: act(case.reference, reason="So be it.", actor=officer), case.reference)
    done = act(case.reference, reason="So be it.", actor=a_mission_officer())

    assert done.state == ("active" if decide == "approve_employer" else "rejected")


def test_an_officer_who_renews_a_registration_does_not_approve_it():
    officer, case = a_mission_officer(), an_employer(valid_until=date(2026, 12, 1))
    with clock.simulate(NOW + timedelta(days=30)):
        actions.expire_licences(actor=SYSTEM)
        actions.renew_registration(case.reference, valid_until=date(2030, 1, 1), actor=officer)
        actions.take_up_registration(case.reference, actor=officer)

        refused(
            OwnCase, lambda: actions.approve_employer(case.reference, actor=officer), case.reference
        )
        other = actions.approve_employer(case.reference, actor=a_mission_officer())

    assert other.state == "active"


def test_an_officer_who_filed_does_not_bring_an_idle_employer_back():
    officer, case = a_mission_officer(), in_scrutiny()
    actions.query_employer(case.reference, reason="Which gate?", actor=officer)
    actions.answer_query(case.reference, reply="He told us.", actor=officer)
    actions.approve_employer(case.reference, actor=a_mission_officer())
    with clock.simulate(NOW + timedelta(days=400)):
        actions.set_idle_inactive(actor=SYSTEM)

        refused(
            OwnCase,
            lambda: actions.reactivate_employer(case.reference, reason="Back.", actor=officer),
            case.reference,
        )


def test_registrations_are_taken_up_in_the_order_of_the_country():
    first, second = a_submitted(), a_submitted()
    elsewhere = a_submitted(an_applicant("ARE"), country="ARE")
    officer = a_mission_officer()

    refused(
        OutOfTurn,
        lambda: actions.take_up_registration(second.reference, actor=officer),
        second.reference,
    )
    abroad = actions.take_up_registration(elsewhere.reference, actor=a_mission_officer("ARE"))
    one = actions.take_up_registration(first.reference, actor=officer)
    two = actions.take_up_registration(second.reference, actor=officer)

    assert {case.state for case in (abroad, one, two)} == {"mission_scrutiny"}


def test_out_of_turn_the_reason_stands_in_the_leaf():
    _first, second = a_submitted(), a_submitted()

    actions.take_up_registration(
        second.reference, reason="A rescue team is waiting.", actor=a_mission_officer()
    )

    with acting(SYSTEM):
        leaf = AuditLeaf.objects.get(event="employer.taken_up", case_id=second.pk)
    assert leaf.reason == "A rescue team is waiting."


def test_the_queue_shows_the_order_in_which_cases_are_taken_up():
    one, two = an_applicant(), an_applicant()
    drafts = [a_draft(one), a_draft(two)]
    for applicant, case in zip((one, two), drafts, strict=True):
        actions.verify_email(case.reference, code_sent(case.reference), actor=applicant)
    actions.submit_registration(drafts[1].reference, actor=two)
    with clock.simulate(NOW + timedelta(minutes=1)):
        actions.submit_registration(drafts[0].reference, actor=one)
    officer = a_mission_officer()

    with acting(officer):
        shown = [case.reference for case in queries.verification_queue(officer)]

    assert shown == [drafts[1].reference, drafts[0].reference]
    refused(
        OutOfTurn,
        lambda: actions.take_up_registration(drafts[0].reference, actor=officer),
        drafts[0].reference,
    )


@pytest.mark.parametrize("country", ["ARE", "SAU"])
def test_nobody_registers_for_others(country):
    other = an_organisation()
    who = an_applicant() if country == "SAU" else a_mission_officer("ARE")

    with pytest.raises(NotPermitted):
        actions.register_employer(a_new_employer(organisation_id=other.pk), actor=who)

    with acting(SYSTEM):
        assert not Employer.objects.filter(organisation_id=other.pk).exists()


def test_a_question_needs_its_words():
    case = in_scrutiny()
    officer = a_mission_officer()

    refused(
        ReasonRequired,
        lambda: actions.query_employer(case.reference, reason="  ", actor=officer),
        case.reference,
    )


def test_details_change_while_queried_but_not_the_confirmed_address():
    applicant = an_applicant()
    case = in_scrutiny(applicant)
    contact = queries.contact(case.reference, actor=applicant)
    new = a_new_employer(contact=contact, workforce=500)
    refused(
        WrongState,
        lambda: actions.correct_details(case.reference, new, actor=applicant),
        case.reference,
    )
    actions.query_employer(case.reference, reason="How many work there?", actor=a_mission_officer())

    changed = actions.correct_details(case.reference, new, actor=applicant)
    error = refused(
        InvalidInput,
        lambda: actions.correct_details(case.reference, a_new_employer(), actor=applicant),
        case.reference,
    )

    assert (changed.workforce, changed.state) == (500, "queried")
    assert error.errors[0]["code"] == "email_confirmed"


def test_a_paper_is_attached_and_an_unknown_one_refused():
    applicant = an_applicant()
    case = a_draft(applicant)

    kept = actions.attach_paper(case.reference, "licence", "DC-1", actor=applicant)
    refused(
        InvalidInput,
        lambda: actions.attach_paper(case.reference, "poem", "DC-1", actor=applicant),
        case.reference,
    )

    assert kept.papers == {"licence": "DC-1"}


@pytest.mark.parametrize(
    ("verb", "state"),
    [("watch_employer", "prior_approval"), ("blacklist_employer", "blacklisted")],
)
def test_the_lists_need_two_officers_and_the_protector_general(verb, state):
    case = an_employer()
    head, other_head = a_head_of_mission(), a_head_of_mission()
    act = getattr(actions, verb)

    proposed = act(case.reference, reason="Wages unpaid in three cases.", actor=head)
    refused(OwnCase, lambda: act(case.reference, reason="Again.", actor=head), case.reference)
    refused(
        NotPermitted, lambda: act(case.reference, reason="Also.", actor=other_head), case.reference
    )
    ordered = act(case.reference, reason="Agreed.", actor=a_protector_general())

    assert (proposed.state, ordered.state) == ("active", state)


def test_an_employer_comes_off_the_list_by_two_officers():
    case = an_employer()
    first, second = a_protector_general(), a_protector_general()
    for officer in (first, second):
        actions.blacklist_employer(case.reference, reason="Passports held.", actor=officer)

    states = [
        actions.clear_employer(case.reference, reason="Passports returned.", actor=officer).state
        for officer in (second, first)
    ]

    assert states == ["blacklisted", "active"]


def test_a_proposal_lapses_when_the_case_moves_on():
    case = an_employer()
    head = a_head_of_mission()
    actions.watch_employer(case.reference, reason="Complaints.", actor=head)
    actions.blacklist_employer(case.reference, reason="More complaints.", actor=head)

    again = actions.watch_employer(case.reference, reason="Agreed.", actor=a_protector_general())

    assert again.state == "active"


def test_licences_end_by_the_clock_and_are_renewed():
    applicant = an_applicant()
    case = an_employer(applicant, valid_until=date(2026, 12, 31))
    other = an_employer()

    with clock.simulate(datetime(2026, 12, 31, 18, 0, tzinfo=UTC)):
        same_day = actions.expire_licences(actor=SYSTEM)
    with clock.simulate(datetime(2026, 12, 31, 19, 0, tzinfo=UTC)):
        next_day = actions.expire_licences(actor=SYSTEM)
        expired = stored(case.reference).state
        error = refused(
            InvalidInput,
            lambda: actions.renew_registration(
                case.reference, valid_until=date(2026, 12, 30), actor=applicant
            ),
            case.reference,
        )
        renewed = actions.renew_registration(
            case.reference, valid_until=date(2027, 12, 31), actor=applicant
        )

    assert (same_day, next_day, expired) == (0, 1, "expired")
    assert error.errors[0]["code"] == "licence_ended"
    assert (renewed.state, stored(other.reference).state) == ("submitted", "active")


def test_idle_employers_become_inactive_and_come_back():
    idle, busy = an_employer(), an_employer()
    with clock.simulate(datetime(2027, 6, 1, 6, 0, tzinfo=UTC)):
        actions.record_recruitment(busy.pk, 1, actor=SYSTEM)

    with clock.simulate(datetime(2027, 11, 30, 6, 0, tzinfo=UTC)):
        count = actions.set_idle_inactive(actor=SYSTEM)
        states = [stored(c.reference).state for c in (idle, busy)]
        back = actions.reactivate_employer(
            idle.reference, reason="New demand announced.", actor=a_mission_officer()
        )

    assert (count, states, back.state) == (1, ["inactive", "active"], "active")


def test_recruitment_is_counted_by_the_year():
    case = an_employer(small=True)
    actions.record_recruitment(case.pk, 3, actor=SYSTEM)
    counted = actions.record_recruitment(case.pk, 2, actor=SYSTEM)
    with clock.simulate(datetime(2027, 1, 5, tzinfo=UTC)):
        next_year = actions.record_recruitment(case.pk, 1, actor=SYSTEM)
    actions.release_recruitment(case.pk, 1, on=date(2026, 11, 23), actor=SYSTEM)

    with pytest.raises(Exhausted):
        actions.release_recruitment(case.pk, 5, on=date(2026, 11, 23), actor=SYSTEM)

    assert (counted, next_year) == (5, 1)
    with acting(SYSTEM):
        rows = RecruitmentYear.objects.filter(employer=case).order_by("year")
        assert list(rows.values_list("year", "workers")) == [(2026, 4), (2027, 1)]


def test_only_the_platform_counts():
    case = an_employer()

    for count in (
        lambda: actions.record_recruitment(case.pk, 1, actor=a_mission_officer()),
        lambda: actions.release_recruitment(
            case.pk, 1, on=date(2026, 11, 23), actor=a_mission_officer()
        ),
    ):
        with pytest.raises(DomainError) as caught:
            count()
        assert caught.value.reason_code == "not_permitted"
