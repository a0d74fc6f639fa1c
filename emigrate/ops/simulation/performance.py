"""The demonstration from its first step to its last check."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from emigrate.domains.clearances import actions as clearances
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.credentials.actions import export
from emigrate.domains.credentials.queries import paper_pdf, qr_text
from emigrate.domains.departures.actions import AlreadyDeparted
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.audit.sequencer import place_waiting
from emigrate.foundation.crypto.cose import qr_png
from emigrate.foundation.identifiers.numbering import numbered_by
from emigrate.foundation.transactions import acting
from emigrate.ops.simulation import airport, road, stories
from emigrate.ops.simulation.clockwork import Clockwork
from emigrate.ops.simulation.installation import Installation
from emigrate.ops.simulation.narrator import Narrator
from emigrate.ops.simulation.road import Worker
from emigrate.ops.simulation.sandboxes import set_clock
from emigrate.ops.simulation.world import SYSTEM, World

STORY = timedelta(days=30)
AIRPORT = "DEL"


@dataclass
class Performed:
    """How the stories ended, the files they left, and whether all went as told."""

    outcomes: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)

    @property
    def as_told(self) -> bool:
        """Nothing surprised."""
        return not self.surprises

    def expect(self, what: str, found: object, expected: object) -> None:
        """Note an ending, and whether it is the one that was told."""
        self.outcomes[what] = str(found)
        if found != expected:
            self.surprises.append(what)


def perform(installation: Installation, seed: int, *, silent: bool) -> Performed:
    """Play every story; the last moment is today's first, so that the files hold today."""
    performed, narrator = Performed(), Narrator(silent=silent)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with numbered_by(seed):
        world = World(seed, Clockwork(stories.UNDER_THE_FLOOR))
        set_clock(installation.sandbox, world.clockwork.moment)
        narrator.heading("A wage below the floor of its day (October 2020)")
        refused = stories.wage_below_floor(world)
        performed.expect("wage_below_floor", refused.state, "rejected")
        narrator.catch_up()

        world.clockwork.moment = today - STORY
        set_clock(installation.sandbox, world.clockwork.moment)
        narrator.heading("A woman nurse through a State's agency")
        nurse = stories.nurse(world)
        performed.expect("nurse", nurse.state, "approved")
        narrator.catch_up()

        narrator.heading("A mason to Saudi Arabia through an agent")
        mason, worker = stories.mason(world)
        world.clockwork.moment = today
        _departs(world, mason, worker, performed)
        narrator.catch_up()
        _at_the_airport(installation.folder, world, mason, performed, narrator)
        _cancelled(installation.folder, world, nurse, performed, narrator)
        with clock.simulate(world.clockwork.moment):
            narrator.say(f"\n{place_waiting(actor=SYSTEM)} leaves placed in the log.")
    return performed


def _departs(world: World, mason: Clearance, worker: Worker, performed: Performed) -> None:
    road.depart(world, mason, worker, AIRPORT)
    with acting(SYSTEM):
        mason.refresh_from_db()
    performed.expect("mason", mason.state, "used")
    try:
        road.depart(world, mason, worker, AIRPORT)
    except AlreadyDeparted as refusal:
        performed.expect("second_departure", refusal.reason_code, "already_departed")
    else:
        performed.expect("second_departure", "recorded", "already_departed")


def _at_the_airport(
    folder: Path, world: World, mason: Clearance, performed: Performed, narrator: Narrator
) -> None:
    files = _files(folder, world, mason)
    performed.files = {name: str(path) for name, path in files.items()}
    text = files["qr_text"].read_text()
    off = "off" if airport.network_is_off() else "not used (this account cannot unplug it)"
    narrator.heading(f"At the airport: a process of its own, the network {off}")
    for what, shown, expected in (
        ("gate", text, "valid"),
        ("gate_tampered", airport.tampered(text), "invalid"),
    ):
        answer = airport.gate(files["gate"], shown)
        performed.expect(what, answer["verdict"], expected)
        narrator.say(f"{what}: {answer['verdict']} ({answer['reason']}), {answer['trust']} TRUST")
        narrator.claims(answer["claims"])
    narrator.say(f"{mason.reference}: its leaves end in {bytes(mason.audit_head).hex()}")


def _files(folder: Path, world: World, case: Clearance) -> dict[str, Path]:
    files = {
        "pdf": folder / "clearance.pdf",
        "qr_png": folder / "clearance.png",
        "qr_text": folder / "clearance.txt",
        "gate": folder / "gate",
    }
    with clock.simulate(world.clockwork.moment):
        with acting(SYSTEM):
            text = qr_text(case.reference, actor=SYSTEM)
            files["pdf"].write_bytes(paper_pdf(case.reference, actor=SYSTEM))
        export(files["gate"], actor=SYSTEM)
    files["qr_text"].write_text(text)
    files["qr_png"].write_bytes(qr_png(text))
    return files


def _cancelled(
    folder: Path, world: World, nurse: Clearance, performed: Performed, narrator: Narrator
) -> None:
    """The office cancels the nurse's clearance: the next export says so at the counter."""
    officer = world.officer(Role.POE, nurse.office)
    reason = "The employer withdrew the post."
    world.do(clearances.cancel_clearance, nurse.reference, reason, actor=officer)
    narrator.catch_up()
    later = folder / "gate-after-cancellation"
    with clock.simulate(world.clockwork.moment):
        with acting(SYSTEM):
            text = qr_text(nurse.reference, actor=SYSTEM)
        export(later, actor=SYSTEM)
    answer = airport.gate(later, text)
    performed.expect("gate_after_cancellation", answer["verdict"], "revoked")
    narrator.say(f"gate after the cancellation: {answer['verdict']} ({answer['reason']})")
