"""Background work of persons: ids in, one action, the registry outside any transaction."""

from uuid import UUID, uuid5

from emigrate.domains.emigrants import actions, facts, queries
from emigrate.domains.emigrants.models import Passport
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Busy
from emigrate.foundation.transactions import acting
from emigrate.partners.directory import passport_registry
from emigrate.partners.passport_registry.contract import PassportQuestion, Unavailable

NAMESPACE = UUID("3c1d8f0e-6a59-4f0b-8d64-1f2a9be0c7d5")
"""A question asked again carries the same request id, so the registry answers it once."""


@jobs.job("emigrants.check_passport", queue=jobs.PARTNERS)
def check_passport(person_id: int) -> None:
    """Ask the registry about a person's current passport; tried again while it does not answer."""
    actor = Actor.system(f"job-check-passport-{person_id}")
    with acting(actor):
        passport = queries.current_passport(person_id)
        if passport is None:
            return
        question = facts.passport_question(person_id, actor=actor)
    _ask(passport, question, actor)


@jobs.job("emigrants.check_again", queue=jobs.PARTNERS)
def check_again(passport_id: int) -> None:
    """Ask the registry about a passport of which it told us something, current or not."""
    actor = Actor.system(f"job-check-again-{passport_id}")
    with acting(actor):
        passport = Passport.objects.filter(pk=passport_id).first()
        if passport is None:
            return
        question = facts.question_about(passport, actor=actor)
    _ask(passport, question, actor)


def _ask(passport: Passport, question: PassportQuestion, actor: Actor) -> None:
    try:
        answer = passport_registry().verify(question, request_id=_request_id(passport))
    except Unavailable as error:
        actions.record_registry_down(passport.pk, actor=actor)
        raise Busy(part="passport_registry") from error
    actions.record_passport_check(passport.pk, answer, actor=actor)


@jobs.job("emigrants.budget_spent", queue=jobs.MESSAGES)
def tell_budget_spent(user_id: int, role: str) -> None:
    """Tell the auditors about an account that spent its reading budget."""
    actor = Actor.system(f"job-budget-spent-{user_id}")
    actions.report_spent_budget(user_id, role, actor=actor)


@jobs.periodic("emigrants.tell_viewed", queue=jobs.CLOCKS, cron="40 * * * *")
def tell_of_readings() -> None:
    """Every hour: persons learn which office opened their file (owner: emigrants)."""
    actions.tell_viewed(actor=Actor.system("job-tell-viewed"))


def _request_id(passport: Passport) -> UUID:
    """The same until the question was answered."""
    return uuid5(NAMESPACE, f"{passport.pk}:{passport.checked_at}")
