"""Tells what happened from the leaves themselves: who, when, what, what the law found."""

import sys
from typing import Any

from emigrate.foundation.clock import OFFICE_ZONE
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from emigrate.ops.simulation.world import SYSTEM


class Narrator:
    """Prints each new leaf once, in the order of the steps; silent for machines."""

    def __init__(self, *, silent: bool) -> None:
        self.silent = silent
        self.last = 0

    def heading(self, text: str) -> None:
        """A line above the next steps."""
        self.say(f"\n{text}\n{'-' * len(text)}")

    def say(self, text: str) -> None:
        """One line for the reader."""
        if not self.silent:
            print(text)
            sys.stdout.flush()

    def claims(self, claims: dict[str, Any] | None) -> None:
        """What a gate reads in a certificate, a claim a line; nothing of one that is not good."""
        for name, value in (claims or {}).items():
            self.say(f"  {name.replace('_', ' ')}: {value}")

    def catch_up(self) -> None:
        """Print the leaves written since the last time."""
        with acting(SYSTEM):
            leaves = list(AuditLeaf.objects.filter(pk__gt=self.last).order_by("pk"))
        for leaf in leaves:
            self.last = leaf.pk
            self.say(_line(leaf))
            for finding in leaf.findings or ():
                self.say(_finding(finding))


def _line(leaf: AuditLeaf) -> str:
    moment = leaf.at.astimezone(OFFICE_ZONE)
    reason = f' "{leaf.reason}"' if leaf.reason else ""
    return (
        f"{moment:%d-%m-%Y %H:%M}  {leaf.case_reference:<24} {leaf.event:<32} "
        f"by {leaf.actor_role} -> {leaf.after_state}{reason}"
    )


def _finding(finding: dict[str, Any]) -> str:  # JSON of a finding
    text = finding.get("text", finding.get("code"))
    source = ""
    if finding.get("figure"):
        value = f"{finding['figure']} = {finding['value']} since {finding['valid_from']}"
        source = f" [{value}; {finding['reference']}]"
    return f"{'':18}law, {finding.get('severity')}: {text}{source}"
