"""A person turned into the question that the passport registry is asked, and nothing else."""

from dataclasses import replace

from emigrate.domains.emigrants.models import Passport
from emigrate.domains.emigrants.queries import number_of, personal
from emigrate.foundation.actors import Actor
from emigrate.partners.passport_registry.contract import PassportQuestion

PURPOSE = "registration-of-emigrants"


def passport_question(person_id: int, *, actor: Actor) -> PassportQuestion:
    """What to ask about the current passport; the reading is recorded. Raises NotFound."""
    person = personal(person_id, actor=actor, purpose=PURPOSE)
    return PassportQuestion(
        number=person.passport_number,
        surname=person.surname,
        given_names=person.given_names,
        birth_date=person.birth_date,
        sex=person.sex,
        purpose=PURPOSE,
        consent_ref=person.reference,
    )


def question_about(passport: Passport, *, actor: Actor) -> PassportQuestion:
    """What to ask about a passport that the person holds or held; the reading is recorded."""
    question = passport_question(passport.emigrant_id, actor=actor)
    return replace(question, number=number_of(passport))
