"""A person with unusual marks goes the whole road: the marks stand nowhere in the clear.

Logs, addresses, audit leaves, arguments of jobs, notices and their files, status lists and every
table are searched for the marks in plain, in hexadecimal and in base64.
"""

import logging
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.db import connection

from emigrate.api.v1 import public
from emigrate.domains.clearances import actions as clearances
from emigrate.domains.credentials.actions import export
from emigrate.domains.credentials.queries import qr_text
from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock, jobs
from emigrate.foundation.audit.sequencer import export_log, place_waiting
from emigrate.foundation.http import Door
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from emigrate.ops.simulation import road
from emigrate.ops.simulation.people import Drawn
from emigrate.ops.simulation.road import Worker
from emigrate.ops.simulation.world import SYSTEM
from tests.api.caller import Caller, token_of
from tests.domains.emigrants.test_dump import dump, forms_of

PERSON = {
    "given_names": "QUVIXANDRA",
    "surname": "ZWORTHYNGWALA",
    "local_name": "क्ष्वित्ज़ोर्था",
    "father_name": "FATHERQXAVIER",
    "birth_date": "1989-07-31",
    "sex": "M",
    "state_code": "9",
    "district_code": "",
    "phone": "6000047113",
    "family_phone": "6000047227",
    "address": "House 8847, Quoxlane Specimen Village",
    "nominee": {"name": "NOMINEEQYZ", "relation": "spouse", "phone": "6000047331"},
    "emergency": {"name": "BROTHERQWYX", "relation": "brother", "phone": "6000047449"},
}
NUMBER = "Z8847331"
VISA = "V884733199"
MARKS = [
    "QUVIXANDRA",
    "ZWORTHYNGWALA",
    "क्ष्वित्ज़ोर्था",
    "FATHERQXAVIER",
    "Quoxlane",
    "NOMINEEQYZ",
    "BROTHERQWYX",
    "6000047113",
    "6000047227",
    "6000047331",
    "6000047449",
    "1989-07-31",
    NUMBER,
]


@dataclass
class Seen:
    """Everything that left a trace while it was watched."""

    addresses: list[str]
    jobs: list[str]
    events: list[MutableMapping[str, Any]]
    records: list[logging.LogRecord]

    def logged(self) -> bytes:
        """Every line of every logger, with all its fields."""
        lines = [*map(repr, self.events), *(record.getMessage() for record in self.records)]
        return "\n".join(lines).encode()


@pytest.fixture
def seen(monkeypatch, caplog, tmp_path, settings):
    """Every address asked and every line logged, at every level."""
    settings.STATIC_ROOT, settings.HOME = tmp_path / "static", tmp_path / "home"
    (tmp_path / "static").mkdir()
    public._at.cache_clear()
    addresses, arguments, later = [], [], jobs.later

    def asked(name, **given):
        arguments.append(f"{name} {given}")
        later(name, **given)

    def noted(original):
        def call(self, first, *args, **kwargs):
            addresses.append(str(getattr(first, "path", first)))
            return original(self, first, *args, **kwargs)

        return call

    for owner, name in ((Door, "send"), (Caller, "get"), (Caller, "post")):
        monkeypatch.setattr(owner, name, noted(getattr(owner, name)))
    monkeypatch.setattr(jobs, "later", asked)
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as events:
        yield Seen(addresses, arguments, events, caplog.records)
    structlog.configure(wrapper_class=before)


@dataclass
class Journey:
    """The marked person's road, partly by the API."""

    population: object
    tenant: object
    calls: dict[Role, Caller]

    @classmethod
    def of(cls, population):
        world, tenant = population.village.world, population.village.tenants[0]
        actors = {
            Role.RA_ADMIN: tenant.agency.actor,
            Role.FE_ADMIN: tenant.company.actor,
            Role.POE: world.officer(Role.POE, tenant.agency.office),
            Role.MISSION_LW: world.officer(Role.MISSION_LW, tenant.company.case.country),
            Role.BOI: world.officer(Role.BOI, None),
            Role.PGE: world.officer(Role.PGE, None),
        }
        moment = population.moment
        calls = {
            role: Caller(token_of(actor, moment=moment), moment) for role, actor in actors.items()
        }
        return cls(population, tenant, calls)

    @property
    def world(self):
        return self.population.village.world

    def registered(self):
        """The agency registers the person by the API; a second try is refused."""
        district = self.world.people.districts["9"][0]
        passport = {"number": NUMBER, "category": "ecr", "issued_on": "2025-01-02",
                    "expires_on": "2034-12-31"}  # fmt: skip
        body = {**PERSON, "district_code": district, "passport": passport}
        agent = self.calls[Role.RA_ADMIN]
        made = agent.post("/emigrants", body)
        assert made.status_code == 201, made.content
        assert agent.post("/emigrants", body).status_code >= 400
        assert agent.post("/emigrants", {**body, "phone": PERSON["phone"] * 9}).status_code == 422
        agent.post("/emigrants/bulk", {"rows": [{**body, "birth_date": "31 July 1989"}]})
        with acting(SYSTEM):
            case = Emigrant.objects.get(reference=made.json()["reference"])
        actor = self.world.member(Role.EMIGRANT, "Example worker", person_id=case.pk)
        drawn = Drawn(PERSON["given_names"], PERSON["surname"], PERSON["local_name"], "M",
                      date(1989, 7, 31), "9", district, PERSON["phone"],
                      PERSON["family_phone"], NUMBER)  # fmt: skip
        return Worker(case, actor, drawn)

    def cleared(self, worker):
        """From the contract to the departure."""
        world, job = self.world, self.tenant.job
        departs = (world.clockwork.moment.date().replace(day=1)).isoformat()
        job = replace(job, terms=replace(job.terms, starts_on=max(job.terms.starts_on, departs)))
        contract = road.agree(world, worker, job)
        road.charge(world, worker, job, contract, 20_000_00)
        road.insure(world, job, contract)
        case = road.file(world, worker, job, contract)
        road.hand_in(world, case, job)
        officer = world.officer(Role.POE, case.office)
        world.do(clearances.take_up, case.reference, actor=officer, reason="In a hurry.")
        road.approve(world, case, officer)
        world.clockwork.run_jobs(jobs.PAPERS)
        return case

    def looked_at(self, worker, case):
        """Everybody looks, searches, asks the counter, and some of it goes wrong."""
        name = f"{PERSON['given_names'].title()} {PERSON['surname'].title()}"
        for caller in self.calls.values():
            caller.moment = self.world.clockwork.moment
            caller.get(f"/emigrants/{worker.case.reference}")
            caller.post(f"/emigrants/{worker.case.reference}/open", {"purpose": "inspection"})
            caller.post("/emigrants/search", {"name": name, "birth_year": 1989})
            caller.post("/emigrants/find", {"passport_number": NUMBER})
            caller.post("/counter/check", {"passport_number": NUMBER})
            caller.get(f"/clearances/{case.reference}")
            caller.get(f"/clearances/{case.reference}/qr")
            caller.get(f"/clearances/{case.reference}/paper")
            caller.post("/off-loads", {"passport_number": NUMBER, "airport": "DEL",
                                       "reason": PERSON["surname"], "evidence": name})  # fmt: skip
        road.depart(self.world, case, worker, "DEL")


@pytest.mark.slow
def test_a_marked_person_leaves_no_mark(committed_population, seen, tmp_path):
    journey = Journey.of(committed_population)

    worker = journey.registered()
    case = journey.cleared(worker)
    journey.looked_at(worker, case)
    world = journey.world
    world.clockwork.run_jobs()
    with clock.simulate(world.clockwork.moment):
        place_waiting(actor=SYSTEM)
        export(tmp_path / "gate", actor=SYSTEM)
        export_log(tmp_path / "log", actor=SYSTEM)
        with acting(SYSTEM):
            certificate = qr_text(case.reference, actor=SYSTEM)
            leaves = b"\n".join(map(bytes, AuditLeaf.objects.values_list("entry", flat=True)))

    places = {
        "logs": seen.logged(),
        "addresses": "\n".join(seen.addresses).encode(),
        "leaves": leaves,
        "arguments of jobs": "\n".join(seen.jobs).encode(),
        "files of notices": _files(tmp_path / "home" / "messages"),
        "status lists and trust list": _files(tmp_path / "gate"),
        "log": _files(tmp_path / "log"),
        "tables": dump(connection.settings_dict["NAME"]),
    }
    assert {name: _found(content) for name, content in places.items()} == {
        name: [] for name in places
    }
    assert min(map(len, places.values())) > 20
    assert case.reference.encode() in places["tables"]
    assert len(certificate) > 200


def _files(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def _found(content: bytes) -> list[str]:
    lowered = content.lower()
    return [
        mark
        for mark in MARKS
        if any(form in content or form.lower() in lowered for form in forms_of(mark))
    ]


@pytest.mark.parametrize("mark", MARKS)
def test_the_search_finds_a_mark_that_is_there(mark):
    assert _found(f"name={mark};".encode()) == [mark]
    assert mark in _found(mark.encode().hex().encode())
