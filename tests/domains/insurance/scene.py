"""The moment of the insurance tests."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""A Monday morning."""
