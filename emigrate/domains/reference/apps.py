"""The domain as a Django application."""

from emigrate.foundation.domains import DomainConfig


class ReferenceConfig(DomainConfig):
    """Loads this domain's policies, workflow, jobs and subscribers."""

    name = "emigrate.domains.reference"
    label = "reference"
