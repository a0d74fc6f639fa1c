from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from emigrate.domains.agents import actions as agent_actions
from emigrate.domains.agents.queries import AgentBarred
from emigrate.domains.emigrants.actions import (
    disclose,
    end_disclosure,
    end_link,
    link_agent,
    send_consent_code,
)
from emigrate.domains.emigrants.models import AgentLink, ConsentCode, Emigrant
from emigrate.domains.emigrants.queries import emigrants_for, personal, readings_for
from emigrate.domains.notifications.models import Message
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import InvalidInput, NotFound, NotPermitted
from emigrate.foundation.transactions import acting
from tests.factories import agents
from tests.factories.accounts import an_agency, an_employer
from tests.factories.emigrants import (
    SYSTEM,
    a_recruiting_agency,
    an_agent,
    an_emigrant,
    an_officer,
    the_person,
)

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def the_code(person):
    with acting(SYSTEM):
        rows = Message.objects.filter(event="emigrant.consent_code", person_id=person.pk)
        return rows.order_by("-id").first().facts["code"]


def another(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def visible_to(actor):
    with acting(actor):
        return list(emigrants_for(actor).values_list("pk", flat=True))


def test_the_person_lets_an_agency_see_the_record_and_takes_it_back():
    person, agency = an_emigrant(), a_recruiting_agency()
    agent, me = an_agent(agency.pk), the_person(person)

    link_agent(person.reference, agency.pk, actor=me)
    link_agent(person.reference, agency.pk, actor=me)
    seen = visible_to(agent)
    end_link(person.reference, agency.pk, actor=me)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert (seen, visible_to(agent)) == ([person.pk], [])
    with pytest.raises(NotFound):
        personal(person.pk, actor=agent, purpose="test")
    with acting(SYSTEM):
        assert AgentLink.objects.count() == 1


def test_an_agency_is_linked_by_the_code_that_the_person_reads_out():
    person, agency = an_emigrant(), a_recruiting_agency()
    agent = an_agent(agency.pk)
    send_consent_code(person.reference, actor=agent)

    link = link_agent(person.reference, agency.pk, actor=agent, code=the_code(person))

    assert (link.consent, visible_to(agent)) == ("code", [person.pk])
    with pytest.raises(InvalidInput):  # used up
        link_agent(person.reference, agency.pk, actor=agent, code=the_code(person))


def test_wrong_codes_count_and_old_codes_end():
    person, agency = an_emigrant(), a_recruiting_agency()
    agent = an_agent(agency.pk)
    with clock.simulate(MORNING):
        send_consent_code(person.reference, actor=agent)
        code = the_code(person)
        for _ in range(5):
            with pytest.raises(InvalidInput) as refusal:
                link_agent(person.reference, agency.pk, actor=agent, code=another(code))
            assert refusal.value.errors[0]["code"] == "code_wrong"
        with pytest.raises(InvalidInput):
            link_agent(person.reference, agency.pk, actor=agent, code=code)

    with clock.simulate(MORNING + timedelta(minutes=2)):
        send_consent_code(person.reference, actor=agent)
    with clock.simulate(MORNING + timedelta(minutes=13)), pytest.raises(InvalidInput):
        link_agent(person.reference, agency.pk, actor=agent, code=the_code(person))

    assert visible_to(agent) == []


def test_a_code_for_one_agency_serves_no_other():
    person, agency, other = an_emigrant(), a_recruiting_agency(), a_recruiting_agency()
    send_consent_code(person.reference, actor=an_agent(agency.pk))

    with pytest.raises(InvalidInput):
        link_agent(person.reference, other.pk, actor=an_agent(other.pk), code=the_code(person))
    with pytest.raises(NotPermitted):
        link_agent(person.reference, agency.pk, actor=an_agent(other.pk), code=the_code(person))

    assert visible_to(an_agent(other.pk)) == []


def test_one_code_a_minute_and_nothing_told_of_unknown_references():
    person, agency = an_emigrant(), a_recruiting_agency()
    agent = an_agent(agency.pk)
    with clock.simulate(MORNING):
        send_consent_code(person.reference, actor=agent)
        send_consent_code(person.reference, actor=agent)
        send_consent_code("EM-2026-0000000-0", actor=agent)

    with acting(SYSTEM):
        assert Message.objects.filter(event="emigrant.consent_code").count() == 1
        assert the_code(person).encode() not in bytes(ConsentCode.objects.get().code_hash)


def test_only_agencies_are_linked():
    person, employer = an_emigrant(), an_employer()

    with pytest.raises(InvalidInput) as refusal:
        link_agent(person.reference, employer.pk, actor=the_person(person))

    assert refusal.value.errors[0]["code"] == "organisation_unknown"


def test_an_employer_and_a_mission_see_a_person_for_a_case_and_no_longer():
    person, employer = an_emigrant(), an_employer()
    boss = Actor(Role.FE_ADMIN, 9, organisation_id=employer.pk, request_id="test")
    mission = Actor(Role.MISSION_LW, 8, country="SAU", request_id="test")
    elsewhere = Actor(Role.MISSION_LW, 7, country="QAT", request_id="test")

    disclose(person.pk, "CT-1", organisation_id=employer.pk, actor=SYSTEM)
    disclose(person.pk, "CT-1", organisation_id=employer.pk, actor=SYSTEM)
    disclose(person.pk, "CT-1", country="SAU", actor=SYSTEM)

    assert [visible_to(each) for each in (boss, mission, elsewhere)] == [[person.pk]] * 2 + [[]]
    assert personal(person.pk, actor=boss, purpose="contract").surname == "Yadav"
    end_disclosure(person.pk, "CT-1", actor=SYSTEM)
    assert [visible_to(each) for each in (boss, mission)] == [[], []]
    with pytest.raises(NotPermitted):
        disclose(person.pk, "CT-2", organisation_id=employer.pk, actor=boss)


def test_every_reading_is_on_record_and_the_person_sees_who_looked():
    person = an_emigrant()
    me, officer = the_person(person), an_officer()

    personal(person.pk, actor=officer, purpose="scrutiny of EC-1")

    with acting(me):
        read = list(readings_for(me).values_list("role", "user_id", "office", "purpose"))
    assert read == [("poe", 701, "DEL", "scrutiny of EC-1")]
    with pytest.raises(ValueError, match="purpose"):
        personal(person.pk, actor=officer, purpose=" ")


def test_opening_costs_a_statement_and_one_each_for_scope_and_budget(django_assert_num_queries):
    agent = an_agent(a_recruiting_agency().pk)
    person = an_emigrant(actor=agent)

    with acting(SYSTEM), django_assert_num_queries(1):
        personal(person.pk, actor=SYSTEM, purpose="test")
    me = the_person(person)
    with acting(me), django_assert_num_queries(2):
        personal(person.pk, actor=me, purpose="own")
    with acting(an_officer()), django_assert_num_queries(2):
        personal(person.pk, actor=an_officer(), purpose="test")
    with acting(agent), django_assert_num_queries(3):
        personal(person.pk, actor=agent, purpose="test")


@pytest.mark.parametrize("bar", ["suspended", "expired", "unregistered"])
def test_an_agency_collects_nobody_without_a_standing_certificate(bar):
    person = an_emigrant()
    certificate = agents.an_agent()
    agency = an_agency().pk if bar == "unregistered" else certificate.organisation_id
    agent, day = an_agent(agency), clock.read_platform_now()
    if bar == "suspended":
        general = agents.a_protector_general()
        agent_actions.suspend_agent(certificate.reference, reason="Complaint.", actor=general)
    if bar == "expired":
        day = day.replace(year=certificate.valid_until.year + 1)

    with clock.simulate(day):
        for attempt in (
            lambda: an_emigrant(actor=agent),
            lambda: send_consent_code(person.reference, actor=agent),
            lambda: link_agent(person.reference, agency, code="000000", actor=agent),
            lambda: link_agent(person.reference, agency, actor=the_person(person)),
        ):
            with pytest.raises(AgentBarred) as refusal, acting(SYSTEM):
                attempt()
            assert refusal.value.facts["state"] == bar

    with acting(SYSTEM):
        assert not AgentLink.objects.exists()
        assert Emigrant.objects.count() == 1


def test_a_person_takes_consent_back_from_a_suspended_agency():
    person, certificate = an_emigrant(), agents.an_agent()
    link_agent(person.reference, certificate.organisation_id, actor=the_person(person))
    general = agents.a_protector_general()
    agent_actions.suspend_agent(certificate.reference, reason="Complaint.", actor=general)

    end_link(person.reference, certificate.organisation_id, actor=the_person(person))

    with acting(SYSTEM):
        assert AgentLink.objects.get().ended_at is not None
