"""The register's own clocks."""

from emigrate.domains.agents import actions
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor


@jobs.periodic("agents.keep_register", queue=jobs.CLOCKS, cron="5 * * * *")
def keep_register() -> None:
    """Every hour: what has ended, and what ends soon, in the register (owner: agents)."""
    system = Actor.system()
    actions.expire_agents(actor=system)
    actions.lapse_suspensions(actor=system)
    actions.lapse_applications(actor=system)
    actions.tell_expiring(actor=system)
