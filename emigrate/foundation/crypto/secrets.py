"""Secrets that an installation makes for itself: written whole, once, for their owner alone."""

import os
from pathlib import Path
from tempfile import mkstemp


def write_once(path: Path, content: bytes) -> None:
    """Write a secret unless it is there already; of many processes the first one wins.

    Readers never see a part of it. Read the file afterwards: it may be another process's.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = mkstemp(dir=path.parent, prefix=f".{path.name}.")  # readable by its owner only
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
