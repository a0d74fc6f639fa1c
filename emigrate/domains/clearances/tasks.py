"""Background work of clearances: ids in, one action, partners outside any transaction."""

from uuid import UUID, uuid4, uuid5

from django.db.models import Q

from emigrate.domains.clearances.actions import (
    expire_clearances,
    lapse_unanswered,
    next_watch,
    put_before_office,
    record_checks,
    record_waiting,
    record_watched,
    start_checks,
    tell_departing,
    tell_of_agent,
    tell_of_employer,
)
from emigrate.domains.clearances.enums import AGENT_CHECK, EMPLOYER_CHECK
from emigrate.domains.clearances.models import Clearance
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Busy, WrongState
from emigrate.partners.directory import passport_registry
from emigrate.partners.passport_registry.contract import Unavailable

TRIES = 3
NAMESPACE = UUID("5b1f6c52-6f0e-4c53-9d3f-0f6c2f2b7d11")
"""A question asked again carries the same request id, so the registry answers it once."""


@jobs.job("clearances.check", queue=jobs.PARTNERS)
def check(reference: str) -> None:
    """Ask the passport registry and record every check; after three failures an officer looks."""
    try:
        _check(reference, Actor.system(f"job-check-{reference}"))
    except WrongState:
        return  # it ran already, or the application was withdrawn meanwhile


def _check(reference: str, actor: Actor) -> None:
    asked = start_checks(reference, actor=actor)
    try:
        answer = passport_registry().verify(asked.question, request_id=uuid5(NAMESPACE, reference))
    except Unavailable as error:
        waiting: Clearance = record_waiting(reference, actor=actor)
        if waiting.check_tries < TRIES:
            raise Busy(part="passport_registry") from error
        answer = None
    record_checks(reference, answer, actor=actor)


@jobs.periodic("clearances.clocks", queue=jobs.CLOCKS, cron="*/10 * * * *")
def clocks() -> None:
    """Every ten minutes: what lapses, expires or leaves soon (owner: clearances)."""
    actor = Actor.system("job-clearance-clocks")
    lapse_unanswered(actor=actor)
    expire_clearances(actor=actor)
    tell_departing(actor=actor)
    jobs.later("clearances.watch", queue=jobs.PARTNERS, once="clearances.watch")


@jobs.job("clearances.watch", queue=jobs.PARTNERS)
def watch_passports() -> None:
    """Let the passport registry tell of the passports on the road, as many at once as it takes."""
    actor = Actor.system("job-watch-passports")
    while asked := next_watch(actor=actor):
        try:
            passport_registry().watch(asked.watch, request_id=uuid4())
        except Unavailable as error:
            raise Busy(part="passport_registry") from error
        record_watched(asked.passport_ids, asked.watch.until, actor=actor)


@jobs.job("clearances.tell_of_agent", queue=jobs.MESSAGES)
def agent_news(agent_id: int, state: str) -> None:
    """Tell everybody on the road with an agent what became of it; the offices weigh each case."""
    actor = Actor.system(f"job-agent-news-{agent_id}")
    tell_of_agent(agent_id, state, actor=actor)
    put_before_office(Q(agent_id=agent_id), AGENT_CHECK, {"state": state}, actor=actor)


@jobs.job("clearances.tell_of_employer", queue=jobs.MESSAGES)
def employer_news(employer_id: int) -> None:
    """Tell everybody on the road with a black-listed employer; the offices weigh each case."""
    actor = Actor.system(f"job-employer-news-{employer_id}")
    tell_of_employer(employer_id, actor=actor)
    evidence = {"state": "blacklisted"}
    put_before_office(Q(employer_id=employer_id), EMPLOYER_CHECK, evidence, actor=actor)
