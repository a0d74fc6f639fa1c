"""A person turned into the question that the passport registry is asked, and nothing else."""

from emigrate.domains.emigrants.queries import personal
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
