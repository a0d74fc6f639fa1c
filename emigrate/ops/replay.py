"""`emigrate replay`: a published year, scaled, through the whole road in simulated time."""

import argparse
import json
import time
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

from emigrate.law.engine.parameters import UnknownFigure
from emigrate.ops.cli import DONE, FOUND, CommandRefused, Subparsers, add_json
from emigrate.ops.progress import progress
from emigrate.ops.simulation.installation import Installation, simulation
from emigrate.ops.simulation.published import scaled

LARGEST_SHARE = 1.0


def add_parser(subparsers: Subparsers) -> None:
    """Add `replay`."""
    parser = subparsers.add_parser("replay", help="a published year, scaled, in simulated time")
    parser.add_argument("--year", type=int, default=2024)
    parser.add_argument("--share", type=float, default=0.001, help="of the published year")
    parser.add_argument("--seed", type=int, default=7)
    add_json(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    _require_drawable(arguments.year, arguments.share)
    with simulation("replay", seed=arguments.seed) as installation:
        try:
            result = _replayed(arguments, installation)
        except UnknownFigure as missing:
            text = f"The law of {arguments.year} is not all known here: {missing.key} is missing."
            raise CommandRefused("law_not_known", text) from missing
    print(json.dumps(result, ensure_ascii=False))
    return DONE if result["ok"] else FOUND


def _require_drawable(year: int, share: float) -> None:
    """Refuse a year without figures, and a share of which no application is left."""
    if not 0 < share <= LARGEST_SHARE:
        raise CommandRefused("share_out_of_range", "Give a share above 0 and at most 1.")
    try:
        drawn, whole = scaled(year, share), scaled(year, 1)
    except KeyError as error:
        text = f"No clearances are published for {year}: choose a year with figures, such as 2024."
        raise CommandRefused("year_not_published", text) from error
    if not drawn:
        least = f"{1 / whole:.7f}"
        text = f"{share} of {whole} clearances is none: give a share of at least {least}."
        raise CommandRefused("share_too_small", text)


def _replayed(arguments: argparse.Namespace, installation: Installation) -> dict[str, Any]:
    from emigrate.foundation.identifiers.numbering import numbered_by  # app ready
    from emigrate.ops.simulation.clockwork import Clockwork  # app ready
    from emigrate.ops.simulation.invariants import violations  # app ready
    from emigrate.ops.simulation.replay import Replay  # app ready
    from emigrate.ops.simulation.sandboxes import set_clock  # app ready
    from emigrate.ops.simulation.world import World  # app ready
    from emigrate.ops.simulation.year import drawn_plan, moment_of  # app ready

    with numbered_by(arguments.seed):
        world = World(arguments.seed, Clockwork(moment_of(date(arguments.year, 1, 2))))
        plan = drawn_plan(arguments.year, arguments.share, world.random)
        set_clock(installation.sandbox, world.clockwork.moment)
        began = time.monotonic()
        count = len(plan.applications)
        with progress(count, f"replaying {arguments.year}", silent=arguments.json) as advance:
            replay = Replay(plan, world, advance)
            replay.play()
        seconds = time.monotonic() - began
    found = violations(plan, Path(installation.folder) / "gate", world.clockwork.moment)
    return {
        "year": arguments.year,
        "share": arguments.share,
        "seed": arguments.seed,
        "outcomes": {**dict(sorted(replay.outcomes.items())), "left_out": dict(plan.left_out)},
        "steps": {
            verb: _timing(spent) for verb, spent in sorted(world.clockwork.milliseconds.items())
        },
        "throughput": round(count / seconds, 3) if seconds else None,
        "hours_for_year": round(seconds / arguments.share / 3600, 2),
        "invariants": found,
        "ok": not any(found.values()),
    }


def _timing(spent: list[float]) -> dict[str, float]:
    cuts = quantiles(spent, n=100, method="inclusive") if len(spent) > 1 else spent * 99
    return {
        "n": len(spent),
        "p50_ms": round(cuts[49], 2),
        "p95_ms": round(cuts[94], 2),
        "p99_ms": round(cuts[98], 2),
    }
