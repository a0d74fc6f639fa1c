"""The scene of a clearance, and somebody who calls the API in it."""

import pytest

from emigrate.api.v1 import public
from tests.factories.scene import committed_scene, scene, scene_database, scene_made

__all__ = ["committed_scene", "scene", "scene_database", "scene_made"]


@pytest.fixture(autouse=True)
def _prepared(settings, tmp_path_factory):
    """An empty folder of static files, and nothing signed in another test's database."""
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")
    public._at.cache_clear()
