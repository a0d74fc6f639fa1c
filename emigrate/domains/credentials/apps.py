"""The domain as a Django application."""

from emigrate.foundation.domains import DomainConfig


class CredentialsConfig(DomainConfig):
    """Loads this domain's policies, workflow, jobs and subscribers."""

    name = "emigrate.domains.credentials"
    label = "credentials"
