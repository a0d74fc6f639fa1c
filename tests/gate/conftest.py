"""The scene of a clearance, for the tests that hold what the platform issued before the gate."""

from tests.factories.scene import scene, scene_database, scene_made

__all__ = ["scene", "scene_database", "scene_made"]
