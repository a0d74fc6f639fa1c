"""Real data that stands beside the repository: `EMIGRATE_SHARED`, by default `../shared`."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


def shared_path(*parts: str) -> Path:
    """Return a file or folder of the shared data.

    Where it is absent the test is skipped with the reason; with CI=true it fails.
    """
    folder = Path(os.environ.get("EMIGRATE_SHARED") or REPOSITORY.parent / "shared")
    path = folder.joinpath(*parts)
    if not path.exists():
        reason = f"{path} is absent: set EMIGRATE_SHARED to the folder of shared data"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path
