"""The API as a Django application, so that workers know its jobs."""

from importlib import import_module

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Names the job that answers large requests."""

    name = "emigrate.api"
    label = "api"

    def ready(self) -> None:
        """Load the operations, whose jobs register themselves."""
        import_module("emigrate.api.v1.bulk")
