"""Those on the road learn of their agent, their employer, and of what to carry."""

from datetime import timedelta

from emigrate.domains.agents.actions import suspend_agent
from emigrate.domains.clearances import actions, tasks
from emigrate.domains.demands.models import Demand
from emigrate.domains.employers.actions import blacklist_employer
from emigrate.domains.notifications.models import Message
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock, jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from emigrate.law.current import pack
from tests.factories.clearances import SYSTEM, lead, row


def told(event):
    with acting(SYSTEM):
        rows = Message.objects.filter(event=event).order_by("id")
        return [(each.person_id or each.organisation_id, each.reference) for each in rows]


def on_the_road(scene):
    """Of four workers one has left; the other three are still here."""
    lead(scene, scene.drafts[0].reference, "used")
    lead(scene, scene.drafts[1].reference, "queued")
    return [(filed.worker.case.pk, filed.contract.reference) for filed in scene.drafts[1:]]


def demand(scene):
    with acting(SYSTEM):
        return Demand.objects.get(pk=scene.job.allotment.demand_id).reference


def pge(number):
    return Actor(Role.PGE.value, user_id=900 + number)


def test_workers_and_employers_learn_that_their_agent_is_suspended(scene):
    waiting = on_the_road(scene)
    scene.do(suspend_agent, scene.agency.case.reference, reason="Complaints.", actor=pge(1))

    with clock.simulate(scene.now):
        jobs.run_waiting((jobs.MESSAGES,))

    employer = scene.job.allotment.employer_organisation_id
    assert told("contract.agent_suspended") == waiting
    assert told("demand.agent_suspended") == [(employer, demand(scene))]
    assert told("agent.suspended") == [
        (scene.agency.case.organisation_id, scene.agency.case.reference)
    ]


def test_workers_and_agents_learn_that_their_employer_is_black_listed(scene):
    waiting = on_the_road(scene)
    for number in (1, 2):
        scene.do(
            blacklist_employer, scene.company.case.reference, reason="Unpaid.", actor=pge(number)
        )

    with clock.simulate(scene.now):
        jobs.run_waiting((jobs.MESSAGES,))

    assert told("contract.employer_blacklisted") == waiting
    assert told("demand.employer_blacklisted") == [
        (scene.agency.case.organisation_id, demand(scene))
    ]


def test_what_to_carry_is_told_once_three_days_before(scene):
    filed, other = scene.drafts[0], scene.drafts[1]
    case = lead(scene, filed.reference, "approved")
    lead(scene, other.reference, "queued")
    days = pack().figure("notice.departure_days", on=case.departs_on).value
    on_the_day = scene.now + (case.departs_on - scene.now.date()) - timedelta(days=days)
    early = scene.at(on_the_day - timedelta(days=1)).do(actions.tell_departing, actor=SYSTEM)
    scene.at(on_the_day)

    with clock.simulate(scene.now):
        tasks.clocks()
        tasks.clocks()

    assert (early, row(other.reference).departs_on) == (0, case.departs_on)
    assert told("clearance.departs_soon") == [(filed.worker.case.pk, filed.reference)]
