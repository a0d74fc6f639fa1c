"""`python -m bench run` and `python -m bench prove [FIGURE ...]`: each figure in its own process.

Exit code 0 when every target was reached, 1 when one was missed, 2 for wrong usage.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from typing import Final, NamedTuple


class Entry(NamedTuple):
    """A figure's module, one line about it, and whether `run` leaves it to `prove`."""

    module: str
    help: str
    long: bool = False


FIGURES: Final = {
    "law": Entry("bench.law", "all findings for one clearance, on one core"),
    "gate": Entry("bench.gate", "offline checks against raw ECDSA P-256"),
    "counter": Entry("bench.counter", "the counter's check at 1,000,000 clearances"),
    "queue": Entry("bench.queue", "an officer's queue at 10,000 and 1,000,000 cases"),
    "officer": Entry("bench.officer", "an officer's pages and keys for a clean case; checks in s"),
    "names": Entry("bench.names", "name search over 1,000,000 persons"),
    "road": Entry("bench.road", "clearances through the whole road by HTTP"),
    "forgery": Entry("bench.forgery", "1,000,000 altered QR texts, none accepted", long=True),
    "flips": Entry("bench.flips", "100,000 altered bytes in a published log", long=True),
    "races": Entry("bench.races", "32 at once by HTTP: one winner, no error", long=True),
    "kill9": Entry("bench.kill9", "20 rounds of kill -9 under load, nothing lost", long=True),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the figures asked for, one after the other; the rest of the words goes to each."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("verb", choices=("run", "prove"))
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(FIGURES))
    asked, passed_on = parser.parse_known_args(arguments)
    if unknown := set(asked.figures) - set(FIGURES):
        parser.error(f"no figure is called {', '.join(sorted(unknown))}")
    chosen = asked.figures or [
        name for name, entry in FIGURES.items() if asked.verb == "prove" or not entry.long
    ]
    codes = [_measured(FIGURES[name].module, passed_on) for name in chosen]
    return max(codes)


def _measured(module: str, words: Sequence[str]) -> int:
    ended = subprocess.run([sys.executable, "-m", module, *words], check=False).returncode
    return ended if ended >= 0 else 1


if __name__ == "__main__":
    sys.exit(main())
