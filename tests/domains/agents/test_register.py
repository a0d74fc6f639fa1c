"""Is this agent real? The same answer for everybody, and look-alikes shown apart."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest

from emigrate.domains.agents import actions, queries
from emigrate.domains.agents.models import Agent
from emigrate.domains.agents.queries import PublicAgent, public_register
from emigrate.foundation import clock
from emigrate.foundation.transactions import acting
from tests.factories.agents import SYSTEM, a_protector_general, an_agency_owner, an_agent

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_monday():
    with clock.simulate(NOW):
        yield


def names(agents):
    return [agent.name for agent in agents]


@pytest.mark.parametrize(
    "typed",
    [
        lambda agent: agent.rc_number,
        lambda agent: f" {agent.rc_number.lower()} ",
        lambda agent: agent.reference,
        lambda agent: "sunrise gulf placements",
        lambda agent: "SUNRISE GULF",
    ],
)
def test_an_agent_is_found_by_number_reference_and_name(typed):
    agent = an_agent(legal_name="Sunrise Gulf Placements")

    answer = public_register(typed(agent))

    assert (answer.verdict, names(answer.matches)) == ("registered", ["Sunrise Gulf Placements"])


def test_a_number_without_dashes_or_by_its_trade_name_is_found():
    agent = an_agent(legal_name="Blue Lotus Manpower", trade_name="Lotus Jobs")

    answers = [
        public_register(agent.rc_number.replace("-", " ")),
        public_register("lotus jobs"),
        public_register("Lotus blue"),
        public_register("us manp"),
    ]

    assert [(a.verdict, a.found_by) for a in answers] == [
        ("registered", "number"),
        ("registered", "name"),
        ("registered", "words"),
        ("registered", "part"),
    ]


def test_a_legacy_number_is_found():
    agent = an_agent(legal_name="Old Oak Recruiters")
    with acting(SYSTEM):
        Agent.objects.filter(pk=agent.pk).update(legacy_number="B-0000/KER/PART/1000/5/0000/2006")

    answer = public_register("b-0000/ker/part/1000/5/0000/2006")

    assert (answer.verdict, answer.found_by) == ("registered", "number")


def test_a_name_that_only_looks_like_an_agent_is_not_an_agent():
    an_agent(legal_name="Silver Anchor Overseas")

    answers = [
        public_register("Si1ver Anch0r Overseas"),
        public_register("Silver Ancher Oversea Pvt Ltd"),
        public_register("Silvеr Anchor Overseas"),  # a Cyrillic letter
    ]

    assert [(a.verdict, a.matches, names(a.look_alikes)) for a in answers] == [
        ("not_found", (), ["Silver Anchor Overseas"])
    ] * 3


def test_a_real_name_is_shown_with_those_that_look_alike():
    an_agent(legal_name="Green Palm Services")
    gone = an_agent(legal_name="Green Pa1m Service")
    for officer in (a_protector_general(), a_protector_general()):
        actions.cancel_agent(gone.reference, ground="not_fit", reason="x", actor=officer)

    answer = public_register("Green Palm Services")

    assert (answer.verdict, names(answer.matches)) == ("registered", ["Green Palm Services"])
    assert [(a.name, a.verdict) for a in answer.look_alikes] == [
        ("Green Pa1m Service", "cancelled")
    ]


def test_several_agents_fit_a_word():
    an_agent(legal_name="Crescent Bay Manpower")
    an_agent(legal_name="Crescent Hill Travels")

    answer = public_register("crescent")

    assert (answer.verdict, names(answer.matches)) == (
        "several",
        ["Crescent Bay Manpower", "Crescent Hill Travels"],
    )


@pytest.mark.parametrize("typed", ["", "  ", "-", "%", "_", "zz", "नमस्ते", "'; --", "x" * 5000])
def test_nothing_is_found_for_nothing(typed):
    an_agent()

    answer = public_register(typed)

    assert (answer.verdict, answer.matches) == ("not_found", ())


def test_public_columns_only():
    assert [field.name for field in fields(PublicAgent)] == [
        "rc_number",
        "legacy_number",
        "name",
        "trade_name",
        "office",
        "category",
        "state_agency",
        "valid_until",
        "verdict",
    ]


def test_everybody_gets_the_same_answer():
    agent, stranger = an_agent(), an_agency_owner()
    alone = public_register(agent.rc_number)

    with acting(stranger):
        inside = public_register(agent.rc_number)
        own = list(queries.agents_for(stranger))

    assert (inside, own) == (alone, [])


def test_a_surrendered_certificate_is_said_so():
    owner = an_agency_owner()
    agent = an_agent(owner)
    actions.surrender_certificate(agent.reference, reason="Closing.", actor=owner)

    assert public_register(agent.rc_number).verdict == "surrendered"
