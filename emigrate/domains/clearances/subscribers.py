"""What happens to an agent or an employer is told to everybody who is on the road with them."""

from typing import Any

from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.events import on


@on("agent.suspended")
@on("agent.cancelled")
def agent_stopped(case: Any, *, actor: Actor) -> None:  # an agent's plain columns
    """A suspension stands at once; the workers and employers on the road learn of it by a job."""
    del actor
    jobs.later("clearances.tell_of_agent", queue=jobs.MESSAGES, agent_id=case.pk, state=case.state)


@on("employer.blacklisted")
def employer_barred(case: Any, *, actor: Actor) -> None:  # an employer's plain columns
    """The workers and agents on the road with a black-listed employer learn of it by a job."""
    del actor
    jobs.later("clearances.tell_of_employer", queue=jobs.MESSAGES, employer_id=case.pk)
