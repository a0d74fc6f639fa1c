"""The register's own clocks."""

from emigrate.domains.employers import actions
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor


@jobs.periodic("employers.keep_register", queue=jobs.CLOCKS, cron="15 1 * * *")
def keep_register() -> None:
    """Every night: expire licences, set idle employers inactive (owner: employers)."""
    system = Actor.system()
    actions.expire_licences(actor=system)
    actions.set_idle_inactive(actor=system)
