"""The domain as a Django application."""

from emigrate.foundation.domains import DomainConfig


class NotificationsConfig(DomainConfig):
    """Loads this domain's policies, workflow, jobs and subscribers."""

    name = "emigrate.domains.notifications"
    label = "notifications"
