"""Messages leave in batches."""

from emigrate.domains.notifications.actions import drain_outbox
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor


@jobs.job("notifications.drain", queue=jobs.MESSAGES)
def drain() -> None:
    """Send what waits in the outbox."""
    while drain_outbox(actor=Actor.system("job-notifications")):
        pass
