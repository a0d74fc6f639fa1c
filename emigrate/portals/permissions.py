"""Which permission each page asks before it reads anything; every page stands here.

The rows that a page then shows are narrowed by the same policies, and by row security below them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from emigrate.foundation.actors import Actor
from emigrate.foundation.policy import POLICIES
from emigrate.foundation.web.views import Allowed


@dataclass(frozen=True, slots=True)
class Open:
    """A page for anybody, and why it may be."""

    reason: str


# fmt: off
PAGES: Mapping[str, str | Open] = {
    "public:home":            Open("the front door; it shows nothing about anybody"),
    "public:agent":           Open("the register of agents is public (Emigration Act, 1983, s.11)"),
    "public:job-offer":       Open("advice"),
    "public:help":            Open("advice"),
    "public:sign-in":         Open("the way in; refused outside the demonstration"),
    "public:sign-out":        Open("the way out"),
    "public:language":        Open("a choice kept in the reader's own browser"),
    "worker:tasks":           "contract.consent",
    "worker:contract":        "contract.consent",
    "worker:read-back":       "contract.consent",
    "worker:consent":         "contract.consent",
    "worker:decline":         "contract.consent",
    "worker:withdraw":        "contract.consent",
    "worker:charge":          "charge.answer",
    "worker:clearance":       "clearance.view",
    "worker:card":            "credential.paper",
    "worker:card-qr":         "credential.paper",
    "worker:paper":           "credential.paper",
    "agent:home":             "clearance.file",
    "agent:draft":            "clearance.file",
    "agent:clearance":        "clearance.file",
    "agent:submit":           "clearance.file",
    "agent:answer":           "clearance.file",
    "agent:redate":           "clearance.file",
    "agent:withdraw":         "clearance.withdraw",
    "officer:queue":          "clearance.scrutinise",
    "officer:next":           "clearance.scrutinise",
    "officer:case":           "clearance.scrutinise",
    "officer:take":           "clearance.scrutinise",
    "officer:decide":         "clearance.scrutinise",
    "border:counter":         "departure.check",
    "border:check":           "departure.check",
    "border:departure":       "departure.record",
    "border:off-load":        "off_load.record",
}
# fmt: on


def allowed(name: str) -> Allowed:
    """What asks the permission of a page; KeyError for a page that is not in the table."""
    needed = PAGES[name]

    def ask(actor: Actor) -> None:
        if isinstance(needed, str):
            subject, _, permission = needed.partition(".")
            POLICIES[subject].require_role(actor, permission)

    return ask
