"""The domain as a Django application."""

from emigrate.foundation.domains import DomainConfig


class ClearancesConfig(DomainConfig):
    """Loads this domain's policies, workflow, jobs and subscribers."""

    name = "emigrate.domains.clearances"
    label = "clearances"
