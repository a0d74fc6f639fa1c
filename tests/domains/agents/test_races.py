"""Capacity under many hands: the database is the referee."""

from emigrate.domains.agents import actions
from emigrate.domains.agents.actions.capacity import CapacityUsed
from emigrate.domains.agents.models import Agent
from emigrate.domains.agents.queries import AgentBarred
from emigrate.foundation.transactions import acting
from tests.factories.agents import SYSTEM, a_protector_general, a_small_agent
from tests.races import race

WIDE = 32


def used(agent):
    with acting(SYSTEM):
        return Agent.objects.get(pk=agent.pk).workers_used


def test_thirty_two_hands_never_overspend(committed_database):
    agent = a_small_agent()
    actions.use_capacity(agent.pk, 85, actor=SYSTEM)

    outcomes = race(WIDE, lambda _: actions.use_capacity(agent.pk, 1, actor=SYSTEM))

    refused = [each for each in outcomes if each is not None]
    assert (len(refused), {type(each) for each in refused}) == (WIDE - 15, {CapacityUsed})
    assert used(agent) == 100


def test_takers_and_givers_keep_the_sum(committed_database):
    agent = a_small_agent()
    actions.use_capacity(agent.pk, 50, actor=SYSTEM)

    def turn(number):
        act = actions.use_capacity if number % 2 else actions.release_capacity
        for _ in range(5):
            act(agent.pk, 1, actor=SYSTEM)

    outcomes = race(WIDE, turn)

    assert (outcomes, used(agent)) == ([None] * WIDE, 50)


def test_after_a_suspension_commits_nothing_more_is_taken(committed_database):
    agent, general = a_small_agent(), a_protector_general()

    def turn(number):
        if number == WIDE // 2:
            actions.suspend_agent(agent.reference, reason="Complaint.", actor=general)
            return used(agent)
        actions.use_capacity(agent.pk, 1, actor=SYSTEM)
        return None

    outcomes = race(WIDE, turn)

    taken = outcomes.count(None)
    barred = [each for each in outcomes if isinstance(each, AgentBarred)]
    assert (taken + len(barred), used(agent)) == (WIDE - 1, taken)
    assert outcomes[WIDE // 2] == taken
