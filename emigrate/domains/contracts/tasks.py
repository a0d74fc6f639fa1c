"""Contracts are fixed by themselves when the time to think them over has passed."""

from emigrate.domains.contracts.actions import lock_thought_over
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor


@jobs.periodic("contracts.clocks", queue=jobs.CLOCKS, cron="*/10 * * * *")
def clocks() -> None:
    """Every ten minutes: fix contracts after their cooling-off time (owner: contracts)."""
    lock_thought_over(actor=Actor.system("job-contract-clocks"))
