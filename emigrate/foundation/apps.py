"""The engine as a Django application."""

from importlib import import_module

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """Owns the leaves, the log, proposals, idempotency keys and the mark of a simulation."""

    name = "emigrate.foundation"
    label = "foundation"

    def ready(self) -> None:
        """Say how the engine's own tables are guarded, and name its jobs."""
        import_module("emigrate.foundation.rows")
        import_module("emigrate.foundation.tasks")
