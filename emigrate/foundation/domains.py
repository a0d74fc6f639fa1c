"""What every domain's application does when it is ready: make its tables of rules known."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

LAYERS = ("policies", "workflow", "tasks", "subscribers")


class DomainConfig(AppConfig):
    """Loads a domain's policies, workflow, jobs and subscribers once the applications are ready."""

    def __init_subclass__(cls) -> None:
        """Make the subclass the one that Django finds in `apps.py`, which names this class too."""
        cls.default = True

    def ready(self) -> None:
        """Import the layers that register themselves."""
        for layer in LAYERS:
            module = f"{self.name}.{layer}"
            if find_spec(module) is not None:
                import_module(module)
