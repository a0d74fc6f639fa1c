"""The passport registry's side of `psp-proposed-1`."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from typing import cast

from sandbox import schema
from sandbox.answers import Answer, Problem
from sandbox.office import Announce, Office, Request, Route

RESERVED = {
    "X9001": "not_found",
    "X9002": "no_match",
    "X9003": "partial",
    "X9004": "impounded",
    "X9005": "revoked",
    "X9006": "lost",
    "X9007": "expired",
    "X9008": "ecnr",
    "X9009": "source_down",
    "X9010": "reissued",
}
"""First five characters of a number, and what it answers. No Indian passport starts with X."""

STATUS = {
    "impounded": "IMPOUNDED",
    "revoked": "REVOKED",
    "lost": "LOST",
    "reissued": "REISSUED",
    "expired": "EXPIRED",
}
UNUSABLE = frozenset({"IMPOUNDED", "REVOKED", "LOST", "REISSUED"})
"""Of these a watch tells; that a passport expires stands in it from the first day."""

STATUS_CHANGED = "passport.status.changed"
MOST_WATCHED = 500
PARTLY = 70
SAME = 95

QUESTION: schema.Schema = {
    "requestId": schema.UUID,
    "passportNo": schema.PASSPORT,
    "surname": schema.Field(r"[^\x00-\x1f]{0,120}"),
    "givenNames": schema.NAME,
    "dob": schema.DAY,
    "sex": schema.SEX,
    "purpose": schema.REFERENCE,
    "consentRef": schema.REFERENCE,
    "fileNo": schema.Field(r"[A-Z0-9]{12,15}", required=False),
}

WATCH: schema.Schema = {
    "requestId": schema.UUID,
    "passportNos": schema.Field(schema.PASSPORT.pattern, texts=range(1, MOST_WATCHED + 1)),
    "until": schema.DAY,
}

PERSON: schema.Schema = {
    "surname": schema.Field(r"[^\x00-\x1f]{0,120}", required=False),
    "givenNames": schema.Field(schema.NAME.pattern, required=False),
    "dob": replace(schema.DAY, required=False),
    "sex": schema.Field(schema.SEX.pattern, required=False),
    "type": schema.Field(r"[A-Z]{1,2}", required=False),
    "issueDate": replace(schema.DAY, required=False),
    "expiryDate": replace(schema.DAY, required=False),
    "status": schema.Field(r"VALID|EXPIRED|IMPOUNDED|REVOKED|LOST|REISSUED", required=False),
    "ecr": schema.Field(r"ECR|ECNR|NA", required=False),
}


class PassportRegistry(Office):
    """Answers MATCH about any number unless it was registered or stands in a reserved range.

    Tells through `announce` when a watched passport becomes unusable.
    """

    code = "PSP"
    routes = (
        Route("POST", r"/v1/passports/verify", "verify", QUESTION, "requestId"),
        Route("POST", r"/v1/passports/watch", "watch", WATCH, "requestId"),
    )
    reused = (409, "PSP-409")

    def __init__(self, seed: int, now: Callable[[], datetime], announce: Announce) -> None:
        super().__init__(seed, now)
        self._announce = announce
        self._registered: dict[str, dict[str, object]] = {}
        self._validity: dict[str, tuple[date, date]] = {}
        self._watched: dict[str, date] = {}
        self._told: dict[str, str] = {}

    def register(self, number: str, person: dict[str, object]) -> None:
        """Know this holder from now on; what is left out is as by default. Tells who watches."""
        with self._lock:
            self._registered[number] = person
            self._tell(number)

    def act(self, request: Request) -> Answer:
        """Compare the question with the registry, or watch."""
        return self._watch(request) if request.operation == "watch" else self._verify(request)

    def counts(self) -> dict[str, int]:
        """How many passports are watched today."""
        with self._lock:
            return {"watched": sum(map(self._is_watched, self._watched))}

    def _watch(self, request: Request) -> Answer:
        until = date.fromisoformat(str(request.body["until"]))
        if until < self.today():
            raise Problem(400, "PSP-400", "until_in_the_past", check="order")
        numbers = cast("list[str]", request.body["passportNos"])
        for number in numbers:
            self._watch_one(number, until)
        answer = {"requestId": request.body["requestId"], "watched": len(numbers)}
        return Answer(202, {**answer, "until": until.isoformat()})

    def _watch_one(self, number: str, until: date) -> None:
        if not self._is_watched(number):
            self._told.pop(number, None)
        self._watched[number] = max(until, self._watched.get(number, until))
        self._tell(number)

    def _is_watched(self, number: str) -> bool:
        until = self._watched.get(number)
        return until is not None and self.today() <= until

    def _tell(self, number: str) -> None:
        """Send the news of a watched passport, unless the last news of it said the same."""
        status = self._status(number, RESERVED.get(number[:5], ""))
        if not self._is_watched(number) or self._told.get(number) == status:
            return
        self._told[number] = status
        if status in UNUSABLE:
            self._announce(STATUS_CHANGED, {"passportNo": number, "status": status})

    def _status(self, number: str, effect: str) -> str:
        registered = self._registered.get(number, {})
        return STATUS.get(effect) or str(registered.get("status", "VALID"))

    def _verify(self, request: Request) -> Answer:
        asked = request.body
        number = str(asked["passportNo"])
        effect = request.scenario or RESERVED.get(number[:5], "")
        if effect == "source_down":
            raise Problem(503, "PSP-503", "source_down")
        answer: dict[str, object] = {
            "requestId": asked["requestId"],
            "asOf": self.now().isoformat(),
        }
        if effect == "not_found":
            return Answer(200, {**answer, "result": "NOT_FOUND"})
        known = {**asked, **self._registered.get(number, {})}
        scores = _scores(asked, known, effect)
        passport = self._passport(number, known, effect)
        result = _result(scores)
        return Answer(200, {**answer, "result": result, "fields": scores, "passport": passport})

    def _passport(self, number: str, known: dict[str, object], effect: str) -> dict[str, object]:
        issued, expires = self._dates(number, effect)
        return {
            "type": known.get("type", "P"),
            "issueDate": known.get("issueDate", issued.isoformat()),
            "expiryDate": known.get("expiryDate", expires.isoformat()),
            "status": self._status(number, effect),
            "ecr": "ECNR" if effect == "ecnr" else known.get("ecr", "ECR"),
        }

    def _dates(self, number: str, effect: str) -> tuple[date, date]:
        """Ten years, begun four to seven years before the year of the first question."""
        if number not in self._validity:
            digest = hashlib.sha256(f"{self.seed}|passport|{number}".encode()).digest()
            today = self.now().date()
            age = timedelta(days=4 * 365 + int.from_bytes(digest[:2], "big") % 1096)
            issued = date(today.year, 1, 1) - age
            self._validity[number] = (issued, _ten_years_on(issued))
        issued, expires = self._validity[number]
        if effect == "expired":
            return issued - timedelta(days=4000), expires - timedelta(days=4000)
        return issued, expires


def _ten_years_on(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 10, day=28 if leap else day.day) - timedelta(days=1)


def _scores(asked: dict[str, object], known: dict[str, object], effect: str) -> dict[str, object]:
    if effect == "no_match":
        return {"name": {"score": 12}, "dob": False, "sex": asked["sex"] == known["sex"]}
    score = _name_score(_name(asked), _name(known))
    if effect == "partial":
        score = min(score, PARTLY + 10)
    same_day = asked["dob"] == known["dob"]
    return {"name": {"score": score}, "dob": same_day, "sex": asked["sex"] == known["sex"]}


def _name(person: dict[str, object]) -> str:
    return " ".join(f"{person['givenNames']} {person['surname']}".casefold().split())


def _name_score(asked: str, known: str) -> int:
    return 100 if asked == known else round(99 * SequenceMatcher(None, asked, known).ratio())


def _result(scores: dict[str, object]) -> str:
    score = cast("dict[str, int]", scores["name"])["score"]
    if not scores["dob"] or score < PARTLY:
        return "NO_MATCH"
    return "MATCH" if score >= SAME and scores["sex"] else "PARTIAL"
