"""The scene of a clearance, for every test of this folder."""

from tests.factories.scene import committed_scene, scene, scene_database, scene_made

__all__ = ["committed_scene", "scene", "scene_database", "scene_made"]
