"""The engine of cases, shown on the employer's registration."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from django.db import connection

from emigrate.domains.employers import actions
from emigrate.domains.employers.models import Employer
from emigrate.domains.employers.policies import EMPLOYER_POLICY
from emigrate.domains.employers.workflow import EMPLOYER
from emigrate.domains.reference.queries import calendar_of
from emigrate.foundation import clock, events, workflow
from emigrate.foundation.actors import Actor
from emigrate.foundation.audit.leaves import chain_ok, leaf_hash, parse
from emigrate.foundation.calendar import Calendar, due_at
from emigrate.foundation.clocks import escalate_overdue
from emigrate.foundation.errors import (
    Blocked,
    ChangedMeanwhile,
    NotFound,
    NotPermitted,
    OwnCase,
    ReasonRequired,
    WrongState,
)
from emigrate.foundation.models import AuditLeaf, Proposal
from emigrate.foundation.periods import Period
from emigrate.foundation.transactions import acting
from emigrate.foundation.workflow import WORKFLOWS, Desk, Step, Workflow
from tests.factories.employers import (
    SYSTEM,
    a_contact,
    a_draft,
    a_head_of_mission,
    a_mission_officer,
    a_protector_general,
    a_submitted,
    an_applicant,
    an_employer,
    in_scrutiny,
)

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
SERVICE_DAYS = 7


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


def steps(*more):
    return [Step("go", Light.RED, Light.GREEN, "verify", "light.green"), *more]


def machine(**changes):
    given = {
        "name": "light", "table": "employers_employer", "states": Light, "initial": Light.RED,
        "policy": EMPLOYER_POLICY, "steps": steps(),
    }  # fmt: skip
    return Workflow(**given | changes)


@pytest.fixture
def no_machines(monkeypatch):
    monkeypatch.setattr(workflow, "WORKFLOWS", {})


def loop(may, **others):
    return Step("x", Light.RED, Light.RED, may, "e", **others)


@pytest.mark.parametrize(("changes", "message"), [
    ({"steps": steps(*steps())}, "light: two steps for go in red"),
    ({"steps": steps(loop("dance"))}, "light.x: unknown permission dance"),
    ({"steps": steps(loop("verify", second_may="sing"))}, "light.x: unknown permission sing"),
    ({"filing": "hum"}, "light: unknown permission hum"),
    ({"initial": Light.GREEN}, "light: unreachable [<Light.RED: 'red'>]"),
])  # fmt: skip
def test_a_wrong_machine_does_not_load(no_machines, changes, message):
    with pytest.raises(ValueError) as caught:
        machine(**changes)

    assert (str(caught.value), workflow.WORKFLOWS) == (message, {})


def test_two_machines_do_not_share_a_name(no_machines):
    machine()

    with pytest.raises(ValueError, match="two workflows named light"):
        machine()


def test_the_picture_shows_every_step_with_its_roles(no_machines):
    picture = machine().mermaid()

    assert picture.splitlines() == [
        "stateDiagram-v2",
        "  [*] --> red",
        "  red --> green: go (mission_hom, mission_lw)",
    ]


@pytest.fixture
def on_a_monday(db):
    with clock.simulate(NOW):
        yield
        connection.check_constraints()


@pytest.fixture
def leaf_count():
    def count(case):
        with acting(SYSTEM):
            return AuditLeaf.objects.filter(stream="employer", case_id=case.pk).count()

    return count


def held(case, actor, verb):
    return EMPLOYER.hold(Employer.objects.all(), actor=actor, verb=verb, reference=case.reference)


def step(case, actor, verb, **others):
    with acting(actor):
        return EMPLOYER.take(verb, held(case, actor, verb), actor=actor, **others)


def reread(case):
    with acting(SYSTEM):
        return Employer.objects.get(pk=case.pk)


def test_a_case_begins_with_its_first_leaf(on_a_monday):
    applicant = an_applicant()

    case = a_draft(applicant)

    with acting(SYSTEM):
        leaf = AuditLeaf.objects.get(stream="employer", case_id=case.pk)
    assert (case.state, case.state_since, case.created_by) == ("draft", NOW, applicant.user_id)
    assert (case.held_by, case.due_at, case.version) == ("fe_admin", None, '"1"')
    assert (leaf.seq, leaf.event, leaf.after_state) == (1, "employer.created", "draft")


@pytest.mark.usefixtures("on_a_monday")
@pytest.mark.parametrize(("who", "verb", "others", "refusal"), [
    (a_mission_officer,               "take_up", {},                WrongState),
    (lambda: a_mission_officer("ARE"), "query",  {"reason": "x"},   NotFound),
    (a_protector_general,             "query",   {"reason": "x"},   NotPermitted),
    (a_mission_officer,               "query",   {},                ReasonRequired),
    (a_mission_officer,               "query",   {"reason": " \n"}, ReasonRequired),
    (a_mission_officer,               "submit",  {},                WrongState),
    (a_mission_officer,               "activate", {},               WrongState),
])  # fmt: skip
def test_a_refused_step_changes_nothing(leaf_count, who, verb, others, refusal):
    case = in_scrutiny()
    actor, leaves = who(), leaf_count(case)

    with pytest.raises(refusal):
        step(case, actor, verb, **others)

    after = reread(case)
    assert (after.state, after.audit_seq, leaf_count(case)) == ("mission_scrutiny", 4, leaves)


def test_the_order_of_questions_is_state_permission_own_reason_needs(on_a_monday):
    case = in_scrutiny(valid_until=None)
    officer, general = a_mission_officer(), a_protector_general()
    with acting(SYSTEM):
        fresh = Employer.objects.get(pk=case.pk)
    fresh.contact_sealed = b""
    fresh.created_by = officer.user_id

    with acting(officer):
        with pytest.raises(WrongState):
            EMPLOYER.take("submit", fresh, actor=general)
        with pytest.raises(NotPermitted):
            EMPLOYER.take("reject", fresh, actor=general)
        with pytest.raises(OwnCase):
            EMPLOYER.take("reject", fresh, actor=officer)
        fresh.created_by = None
        with pytest.raises(ReasonRequired):
            EMPLOYER.take("reject", fresh, actor=officer)
        with pytest.raises(Blocked) as caught:
            EMPLOYER.take("approve", fresh, actor=officer)

    assert caught.value.facts["codes"] == ["contact_missing"]
    assert caught.value.message == "This step needs something that is missing: contact_missing."


def test_needs_are_all_named(on_a_monday):
    case = in_scrutiny()
    with acting(SYSTEM):
        fresh = Employer.objects.get(pk=case.pk)
    fresh.contact_sealed, fresh.valid_until = b"", datetime(2026, 11, 22, tzinfo=UTC).date()
    officer = a_mission_officer()

    with acting(officer), pytest.raises(Blocked) as caught:
        EMPLOYER.take("approve", fresh, actor=officer)

    assert caught.value.facts["codes"] == ["contact_missing", "licence_ended"]


def test_who_reads_but_does_not_write_is_told_so(on_a_monday):
    case, agent = an_employer(), Actor("ra_admin", 1, organisation_id=1)

    with acting(agent), pytest.raises(NotPermitted):
        held(case, agent, "set_inactive")


def test_open_steps_are_the_buttons_of_the_page(on_a_monday):
    applicant, officer, general = an_applicant(), a_mission_officer(), a_protector_general()
    case = in_scrutiny(applicant)

    def verbs(actor, of):
        with acting(actor):
            return sorted(each.verb for each in EMPLOYER.open_to(actor, of))

    assert verbs(applicant, case) == []
    assert verbs(officer, case) == ["approve", "query", "reject", "send_to_check"]
    assert verbs(general, an_employer()) == ["blacklist", "watch"]
    case.created_by = officer.user_id
    assert verbs(officer, case) == ["query", "send_to_check"]


def test_what_is_no_judgement_is_filing(no_machines):
    found = machine(
        steps=[
            *steps(),
            Step("say", Light.GREEN, Light.RED, "file", "light.said"),
            Step("say_more", Light.RED, Light.RED, "file", "light.more"),
            Step("ask", Light.RED, Light.RED, "verify", "light.more"),
        ],
        filing="file",
        judging=("light.looked_at",),
    )

    proposed = {f"light.{verb}_proposed" for verb in ("go", "say", "say_more", "ask")}
    assert found.judgements == {"light.green", "light.looked_at"} | proposed


def test_nobody_decides_what_they_filed_on_in_whatever_role(on_a_monday):
    applicant, officer = an_applicant(), a_mission_officer()
    case = in_scrutiny(applicant)
    step(case, a_mission_officer(), "query", reason="Which gate?")
    clerk = Actor("fe_admin", officer.user_id, applicant.organisation_id)
    step(case, clerk, "answer", reason="The north gate.")
    asked = reread(case)

    with acting(officer):
        mine = EMPLOYER.own(asked, officer), EMPLOYER.own(asked, Actor("mission_lw"))
        buttons = sorted(each.verb for each in EMPLOYER.open_to(officer, asked))

    assert mine == (True, False)
    assert buttons == ["query", "send_to_check"]
    with pytest.raises(OwnCase):
        step(case, officer, "approve")
    assert step(case, a_mission_officer(), "approve").state == "approved"


def test_who_only_looked_at_a_case_decides_it(on_a_monday):
    applicant, officer, head = an_applicant(), a_mission_officer(), a_head_of_mission()
    case = in_scrutiny(applicant)

    step(case, officer, "query", reason="Which gate?")
    step(case, applicant, "answer", reason="The north gate.")
    step(case, officer, "send_to_check")
    step(case, officer, "record_check", reason="Seen.")
    done = step(case, officer, "approve")

    assert done.state == "approved"
    with acting(SYSTEM):
        EMPLOYER.take("activate", Employer.objects.get(pk=case.pk), actor=SYSTEM)
    for verb in ("watch", "blacklist"):  # whoever proposed one may propose the other
        step(case, head, verb, reason="Complaints.")
        assert step(case, a_protector_general(), verb, reason="Agreed.").state != "active"


def test_a_clock_begins_anew_where_the_case_stands(on_a_monday):
    case = in_scrutiny()
    later = NOW + timedelta(days=40)

    with clock.simulate(later), acting(SYSTEM):
        escalate_overdue(actor=SYSTEM)
        late = Employer.objects.get(pk=case.pk)
        fresh = EMPLOYER.fresh_clock(late)

    assert (late.held_by, late.escalation, late.due_at) == ("mission_hom", 1, due(SERVICE_DAYS))
    assert fresh == {
        "held_by": "mission_lw",
        "due_at": due(SERVICE_DAYS, later),
        "clock_left": None,
        "clock_working": True,
        "escalation": 0,
    }


def test_a_second_officer_is_another_person_with_an_account(on_a_monday, leaf_count):
    case, head, general = an_employer(), a_head_of_mission(), a_protector_general()

    proposed = step(case, head, "blacklist", reason="Unpaid wages.")
    with pytest.raises(OwnCase):
        step(case, head, "blacklist", reason="Unpaid wages.")
    with pytest.raises(NotPermitted):  # another Head of Mission may propose, not order
        step(case, a_head_of_mission(), "blacklist", reason="Unpaid wages.")
    nobody = Actor("pge")
    with pytest.raises(NotPermitted):
        step(case, nobody, "blacklist", reason="Unpaid wages.")
    leaves = leaf_count(case)
    done = step(case, general, "blacklist", reason="Agreed.")

    assert (proposed.state, done.state, leaf_count(case)) == ("active", "blacklisted", leaves + 1)
    with acting(SYSTEM):
        events_ = AuditLeaf.objects.filter(case_id=case.pk, stream="employer").order_by("-seq")
        assert [(leaf.event, leaf.reason) for leaf in events_[:2]] == [
            ("employer.blacklisted", "Agreed."),
            ("employer.blacklist_proposed", "Unpaid wages."),
        ]
        assert Proposal.objects.filter(stream="employer", case_id=case.pk).count() == 1


def test_a_proposal_holds_for_the_version_it_was_made_on(on_a_monday):
    case, head, general = an_employer(), a_head_of_mission(), a_protector_general()
    step(case, head, "watch", reason="Complaints.")
    with acting(SYSTEM):
        EMPLOYER.amend("employer.noted", Employer.objects.get(pk=case.pk), actor=SYSTEM)

    again = step(case, general, "watch", reason="Complaints.")

    assert again.state == "active"


def test_nobody_writes_on_a_version_that_is_gone(on_a_monday, leaf_count):
    case, officer = in_scrutiny(), a_mission_officer()
    with acting(officer):
        stale = held(case, officer, "query")
        EMPLOYER.take("query", held(case, officer, "query"), actor=officer, reason="Which?")

        with pytest.raises(ChangedMeanwhile):
            EMPLOYER.take("query", stale, actor=officer, reason="Again?")

    assert (reread(case).state, leaf_count(case)) == ("queried", 5)


def due(days, moment=NOW, *, working=True):
    return due_at(moment, Period(days, working), calendar_of("SAU"))


def test_the_clock_counts_working_days_of_the_place(on_a_monday):
    case = a_submitted()

    calendar = calendar_of("SAU")
    assert (case.held_by, case.due_at) == ("mission_lw", due(SERVICE_DAYS))
    assert calendar.between(clock.office_date(NOW), case.due_at.date()) == SERVICE_DAYS


def test_a_desk_that_runs_on_keeps_the_clock(on_a_monday):
    case = a_submitted()
    with clock.simulate(NOW + timedelta(days=3)):
        taken = actions.take_up_registration(case.reference, actor=a_mission_officer())

    assert taken.due_at == due(SERVICE_DAYS)


def test_the_clock_stops_while_the_applicant_is_asked(on_a_monday):
    applicant, officer = an_applicant(), a_mission_officer()
    case = in_scrutiny(applicant)
    asked, answered = NOW + timedelta(days=2), NOW + timedelta(days=30)
    calendar = calendar_of("SAU")
    left = calendar.between(clock.office_date(asked), due(SERVICE_DAYS).date())

    with clock.simulate(asked):
        queried = actions.query_employer(case.reference, reason="Which?", actor=officer)
        paused = (queried.held_by, queried.clock_left, queried.due_at)
    with clock.simulate(answered):
        back = actions.answer_query(case.reference, reply="This.", actor=applicant)

    assert paused == ("fe_admin", left, due(30, asked, working=False))
    assert (back.held_by, back.clock_left, back.due_at) == ("mission_lw", None, due(left, answered))


def test_an_overdue_clock_that_stopped_ends_on_the_day_of_the_answer(on_a_monday):
    applicant = an_applicant()
    case = in_scrutiny(applicant)
    asked = NOW + timedelta(days=40)
    with clock.simulate(asked):
        late = actions.query_employer(case.reference, reason="?", actor=a_mission_officer())
        back = actions.answer_query(case.reference, reply="!", actor=applicant)

    assert (late.clock_left, back.due_at) == (0, due(0, asked))


class Relay(StrEnum):
    """One desk whose clock runs, one that goes on with it, two that pause it."""

    DESK = "desk"
    NEXT = "next"
    ASKED = "asked"
    AWAY = "away"


def relay(period, other):
    """A machine in which the first desk counts in another unit than those that follow."""
    chain = zip(Relay, [*list(Relay)[1:], Relay.DESK], strict=True)
    return machine(
        name="relay", states=Relay, initial=Relay.DESK,
        steps=[Step("go", here, there, "verify", "relay.gone") for here, there in chain],
        desks={
            Relay.DESK: Desk("poe", lambda day: period),
            Relay.NEXT: Desk("poe", lambda day: other, runs_on=True),
            Relay.ASKED: Desk("ra_admin", lambda day: other, pauses=True),
            Relay.AWAY: Desk("mission_lw", pauses=True),
        },
    )  # fmt: skip


def walk(machine, *way):
    """A case led along states on days counted from the Monday: its clock at each of them."""
    case = Employer(state="desk")
    seen = []
    for days, state in way:
        with clock.simulate(NOW + timedelta(days=days)), acting(SYSTEM):
            machine._set_clock(case, state)
        case.state = state
        due = case.due_at and case.due_at.date()
        seen.append((due and due.isoformat()[5:], case.clock_left))
    return seen


@pytest.mark.django_db
@pytest.mark.parametrize(("period", "other", "expected"), [
    # The Monday is 23 November; the office rests on Saturdays and Sundays.
    (Period(4, working=True), Period(10),
     ["11-27", "11-27", ("12-04", 3), (None, 3), "12-10"]),  # Monday 7 December and three more
    (Period(4), Period(10, working=True),
     ["11-27", "11-27", ("12-08", 3), (None, 3), "12-10"]),
    (Period(6), Period(10, working=True),
     ["11-30", "11-30", ("12-08", 6), (None, 6), "12-14"]),  # ended on a Sunday, then on another
    (Period(6, working=True), Period(10),
     ["12-01", "12-01", ("12-04", 5), (None, 5), "12-14"]),
])  # fmt: skip
def test_a_clock_keeps_its_unit_while_it_runs_on_pauses_and_resumes(
    no_machines, period, other, expected
):
    way = [(0, Relay.DESK), (1, Relay.NEXT), (1, Relay.ASKED), (8, Relay.AWAY), (14, Relay.NEXT)]

    seen = walk(relay(period, other), *way)

    assert seen == [each if isinstance(each, tuple) else (each, None) for each in expected]


@pytest.mark.django_db
def test_a_clock_that_was_paused_by_a_desk_alone_begins_afresh(no_machines):
    found = relay(Period(3), Period(10))

    seen = walk(found, (0, Relay.ASKED), (7, Relay.NEXT))

    assert seen == [("12-03", None), ("12-10", None)]


def test_a_step_that_stays_leaves_the_clock_alone(no_machines):
    found = machine(steps=[*steps(), loop("verify")])
    case = Employer(state="red", held_by="pge", due_at=NOW, clock_left=3, escalation=1)
    changes = {"name": "Other"}

    found._move(case, Light.RED, changes)

    assert (changes, case.held_by, case.due_at) == ({"name": "Other"}, "pge", NOW)


def test_a_clock_ends_with_the_desk(on_a_monday):
    case = an_employer()

    assert (case.held_by, case.due_at, case.clock_left) == ("", None, None)


def test_an_overdue_case_rises_by_itself_once_and_comes_down_with_the_next_step(on_a_monday):
    case = a_submitted()
    with acting(SYSTEM):
        before = escalate_overdue(actor=SYSTEM)

    with clock.simulate(due(SERVICE_DAYS) + timedelta(seconds=1)):
        risen = escalate_overdue(actor=SYSTEM)
        again = escalate_overdue(actor=SYSTEM)
        up = reread(case)
        down = actions.take_up_registration(case.reference, actor=a_mission_officer())

    assert (before, risen, again) == (0, 1, 0)
    assert (up.held_by, up.escalation, up.state) == ("mission_hom", 1, "submitted")
    assert (down.held_by, down.escalation) == ("mission_lw", 0)


def test_every_case_has_an_unbroken_chain_of_leaves(on_a_monday):
    case = an_employer(contact=a_contact(email="chain@example.org"))
    other = in_scrutiny()

    with acting(SYSTEM):
        rows = AuditLeaf.objects.filter(stream="employer", case_id__in=[case.pk, other.pk])
        leaves = [parse(bytes(row.entry)) for row in rows.order_by("id")]
        heads = {row.pk: bytes(row.audit_head) for row in Employer.objects.all()}

    last = {leaf.case: leaf for leaf in leaves}
    assert (chain_ok(leaves), len(leaves)) == ([], 10)
    assert heads[case.pk] == leaf_hash(last[case.reference])
    assert last[case.reference].before_hash == last[case.reference].after_hash != ""
    assert all(b"chain@example.org" not in repr(leaf).encode() for leaf in leaves)


def test_a_missing_leaf_is_noticed(on_a_monday):
    case = an_employer()
    with acting(SYSTEM):
        rows = AuditLeaf.objects.filter(stream="employer", case_id=case.pk).order_by("seq")
        leaves = [parse(bytes(row.entry)) for row in rows if row.seq != 3]

    assert {problem.code for problem in chain_ok(leaves)} == {
        "seq_gap",
        "prev_mismatch",
        "state_mismatch",
    }


def test_reasons_and_findings_stand_beside_the_leaf_and_are_committed_to(on_a_monday):
    case = in_scrutiny()
    actions.query_employer(case.reference, reason="Which gate?", actor=a_mission_officer())

    with acting(SYSTEM):
        row = AuditLeaf.objects.get(case_id=case.pk, event="employer.queried")
    leaf = parse(bytes(row.entry))

    assert (row.reason, len(leaf.reason_hash), b"gate" in bytes(row.entry)) == (
        "Which gate?",
        64,
        False,
    )


def test_what_happened_is_published_and_a_listeners_refusal_refuses(on_a_monday, monkeypatch):
    case, officer = in_scrutiny(), a_mission_officer()
    heard = []

    def listener(published, *, actor):
        heard.append((published.reference, actor.role))
        raise Blocked(unmet="listener", codes=["listener"])

    monkeypatch.setitem(events._subscribers, "employer.queried", [listener])

    with pytest.raises(Blocked):
        actions.query_employer(case.reference, reason="?", actor=officer)

    assert heard == [(case.reference, "mission_lw")]
    assert "employer.queried" in events.subscribed()


def test_a_calendar_counts_no_holiday():
    calendar = Calendar(holidays=frozenset({NOW.date()}))

    assert calendar.add(NOW.date(), 0) == NOW.date() + timedelta(days=1)
    assert calendar.between(NOW.date(), NOW.date() - timedelta(days=3)) == 0


ENDS_HERE = {("clearance", "approved"): "the emigrant's step is to leave"}


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_whoever_holds_a_case_can_go_on_with_it(name):
    workflow = WORKFLOWS[name]

    idle = {
        (name, state.value)
        for state, desk in workflow.desks.items()
        if not any(
            state in step.starts and desk.role in workflow.policy.rules[step.may]
            for step in workflow.steps
        )
    }

    assert idle == {key for key in ENDS_HERE if key[0] == name}
