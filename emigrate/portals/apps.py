"""The pages as a Django application."""

from django.apps import AppConfig


class PortalsConfig(AppConfig):
    """Pages; nothing here decides."""

    name = "emigrate.portals"
    label = "portals"
