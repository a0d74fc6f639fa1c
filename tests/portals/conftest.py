"""The scene of a clearance, and visitors who look at it through pages."""

from collections.abc import Callable

import pytest

from emigrate.foundation.actors import Actor
from tests.factories.clearances import Scene
from tests.factories.scene import committed_scene, scene, scene_database, scene_made
from tests.portals.visitor import Visitor, signed_in

__all__ = ["committed_scene", "scene", "scene_database", "scene_made"]


@pytest.fixture
def visit(scene: Scene) -> Callable[..., Visitor]:
    """`visit(actor)` is somebody signed in, at the scene's moment; `visit()` is anybody."""

    def visitor(actor: Actor | None = None, language: str = "en") -> Visitor:
        return signed_in(actor, scene, language)

    return visitor


@pytest.fixture(autouse=True)
def without_collected_files(settings) -> None:
    """Style sheets are found in the packages here; nobody has collected them."""
    settings.STATIC_ROOT = None
