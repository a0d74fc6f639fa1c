"""`emigrate demo`: three stories through the platform's own actions, then the airport unplugged."""

import argparse
import json
import time
from typing import Any

from emigrate.ops.cli import DONE, FOUND, Subparsers, add_json
from emigrate.ops.simulation.installation import simulation


def add_parser(subparsers: Subparsers) -> None:
    """Add `demo`."""
    parser = subparsers.add_parser("demo", help="three workers' roads, then the airport unplugged")
    parser.add_argument("--seed", type=int, default=1, help="other names and numbers")
    add_json(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    began = time.monotonic()
    with simulation("demo", seed=arguments.seed) as installation:
        from emigrate.ops.simulation.performance import perform  # app ready

        performed = perform(installation, arguments.seed, silent=arguments.json)
    result: dict[str, Any] = {
        "seed": arguments.seed,
        "outcomes": performed.outcomes,
        "seconds": round(time.monotonic() - began, 1),
        "files": performed.files,
    }
    print(json.dumps(result, ensure_ascii=False))
    return DONE if performed.as_told else FOUND
