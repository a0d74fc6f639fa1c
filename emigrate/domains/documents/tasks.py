"""The store's own clock."""

from emigrate.domains.documents import actions
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor


@jobs.periodic("documents.sweep", queue=jobs.CLOCKS, cron="40 2 * * *")
def sweep() -> None:
    """Every night: take away files that no row names (owner: documents)."""
    actions.sweep_strays(actor=Actor.system())
