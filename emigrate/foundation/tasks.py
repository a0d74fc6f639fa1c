"""The engine's own jobs: placing leaves in the log, and raising what is overdue."""

from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.audit.sequencer import place_waiting, tell_of_late
from emigrate.foundation.clocks import escalate_overdue
from emigrate.foundation.idempotency import purge_expired


@jobs.periodic("foundation.place_leaves", queue=jobs.CLOCKS, cron="* * * * * */1")
def place_leaves() -> None:
    """Every second: give waiting leaves their places and sign the tree head (owner: engine)."""
    place_waiting(actor=Actor.system())


@jobs.periodic("foundation.escalate", queue=jobs.CLOCKS, cron="*/5 * * * *")
def escalate() -> None:
    """Every five minutes: raise overdue cases, tell of leaves without a place (owner: engine)."""
    actor = Actor.system()
    escalate_overdue(actor=actor)
    tell_of_late(actor=actor)


@jobs.periodic("foundation.rescue", queue=jobs.CLOCKS, cron="* * * * *")
def rescue() -> None:
    """Every minute: put back the jobs of workers that vanished (owner: engine)."""
    jobs.put_back_stalled()


@jobs.periodic("foundation.purge_keys", queue=jobs.CLOCKS, cron="17 * * * *")
def purge_keys() -> None:
    """Every hour: forget idempotency keys whose time has passed (owner: engine)."""
    purge_expired(actor=Actor.system())
