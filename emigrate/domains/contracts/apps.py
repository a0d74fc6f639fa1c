"""The domain as a Django application."""

from emigrate.foundation.domains import DomainConfig


class ContractsConfig(DomainConfig):
    """Loads this domain's policies, workflow, jobs and subscribers."""

    name = "emigrate.domains.contracts"
    label = "contracts"
