"""Demands expire by themselves."""

from emigrate.domains.demands.actions import expire_demands
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor


@jobs.periodic("demands.clocks", queue=jobs.CLOCKS, cron="5 * * * *")
def clocks() -> None:
    """Every hour: close demands past their last day (owner: demands)."""
    expire_demands(actor=Actor.system("job-demand-clocks"))
