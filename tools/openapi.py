"""Write docs/api/openapi.json from the code, or compare it: `python -m tools.openapi [--check]`."""

import json
import os
import sys
from pathlib import Path

import django

REPOSITORY = Path(__file__).resolve().parent.parent
COMMITTED = REPOSITORY / "docs" / "api" / "openapi.json"


def generated() -> str:
    """The document as the code says it now."""
    from emigrate.api.openapi import document  # app ready

    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def main(words: list[str]) -> int:
    """Write the file; with --check only compare it (exit 1 when it differs)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emigrate.config.settings")
    django.setup()
    text = generated()
    if "--check" not in words:
        COMMITTED.parent.mkdir(parents=True, exist_ok=True)
        COMMITTED.write_text(text)
        return 0
    if COMMITTED.exists() and COMMITTED.read_text() == text:
        return 0
    print("docs/api/openapi.json is not what the code says: run `make docs`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
