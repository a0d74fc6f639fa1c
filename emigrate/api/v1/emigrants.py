"""Persons: registered, found, opened on record, linked with agencies, checked by officers."""

from emigrate.api.cases import Cases, Verb, one
from emigrate.api.fields import (
    Identifier,
    Nothing,
    Reason,
    Reference,
)
from emigrate.api.pages import USUAL, Cursor, Limit, Page, page, page_of
from emigrate.api.routes import Call, Routes
from emigrate.api.v1.persons import (
    DeathIn,
    DetailsIn,
    DoubtIn,
    DoubtOut,
    EmigrantIn,
    EmigrantOut,
    FindIn,
    FoundList,
    FoundOut,
    LinkIn,
    LinkOut,
    MergeIn,
    PassportIn,
    PassportOut,
    PersonalOut,
    PurposeIn,
    ReadingOut,
    SearchIn,
    Sending,
    SettleIn,
    UnlinkIn,
    YearsIn,
)
from emigrate.domains.emigrants import actions, queries
from emigrate.domains.emigrants.enums import EmigrantState

routes = Routes("Emigrants")


def _said(_: object) -> Sending:
    return Sending()


# Before the look-up by reference, which would take "search" for one.
@routes.post("/emigrants/search", FoundList)
def search(call: Call, body: SearchIn) -> FoundList:
    """Persons whose names are near, one slip a word allowed; those shown are recorded as read."""
    found = queries.search_by_name(body.name, birth_year=body.birth_year, actor=call.actor)
    return FoundList(items=[FoundOut.of(each) for each in found])


@routes.post("/emigrants/find", EmigrantOut)
def find(call: Call, body: FindIn) -> EmigrantOut:
    """The person whose current passport has this number; 404 also when it is not yours to see."""
    found = queries.find_by_passport(body.passport_number, actor=call.actor)
    reference = "" if found is None else found.reference
    return EmigrantOut.of(one(queries.emigrants_for(call.actor), reference))


# fmt: off
emigrants = Cases(routes, "/emigrants", queries.emigrants_for, EmigrantOut, EmigrantState)
emigrants.list()
emigrants.look_up()
emigrants.steps([
    Verb("correct",      DetailsIn,  actions.correct_details),
    Verb("passports",    PassportIn, actions.add_passport, PassportOut),
    Verb("ask-registry", Nothing,    actions.ask_registry, Sending, _said),
    Verb("send-code",    Nothing,    actions.send_consent_code, Sending, _said),
    Verb("link",         LinkIn,     actions.link_agent, LinkOut, keeps_refusal=True),
    Verb("unlink",       UnlinkIn,   actions.end_link, Sending, _said),
    Verb("years-abroad", YearsIn,    actions.record_years_abroad),
    Verb("hold",         Reason,     actions.hold_as_duplicate),
    Verb("clear",        Reason,     actions.clear_duplicate),
    Verb("merge",        MergeIn,    actions.merge_into),
    Verb("record-death", DeathIn,    actions.record_death),
])
# fmt: on


@routes.post("/emigrants", EmigrantOut, status=201)
def register(call: Call, body: EmigrantIn) -> EmigrantOut:
    """Begin a person's record; an agency that registers somebody may see the record."""
    return EmigrantOut.of(actions.register_emigrant(body.new(), actor=call.actor))


@routes.post("/emigrants/{reference}/open", PersonalOut)
def open_record(call: Call, reference: Reference, body: PurposeIn) -> PersonalOut:
    """A person's sealed fields, for a purpose; the reading is recorded with it."""
    case = one(queries.emigrants_for(call.actor), reference)
    return PersonalOut.of(queries.personal(case.pk, actor=call.actor, purpose=body.purpose))


@routes.get("/emigrants/{reference}/passports", page_of(PassportOut))
def passports(
    call: Call, reference: Reference, limit: Limit = USUAL, cursor: Cursor | None = None
) -> Page[PassportOut]:
    """A person's passports, newest first, without their numbers."""
    case = one(queries.emigrants_for(call.actor), reference)
    rows = queries.passports_of(case.pk, actor=call.actor)
    return page(rows, PassportOut.of, limit=limit, cursor=cursor)


@routes.get("/emigrants/{reference}/links", page_of(LinkOut))
def links(
    call: Call, reference: Reference, limit: Limit = USUAL, cursor: Cursor | None = None
) -> Page[LinkOut]:
    """The agencies that see a person, newest first."""
    case = one(queries.emigrants_for(call.actor), reference)
    rows = queries.links_of(case.pk, actor=call.actor)
    return page(rows, LinkOut.of, limit=limit, cursor=cursor)


@routes.get("/readings", page_of(ReadingOut))
def readings(call: Call, limit: Limit = USUAL, cursor: Cursor | None = None) -> Page[ReadingOut]:
    """Who opened my record, newest first."""
    rows = queries.readings_for(call.actor)
    return page(rows, ReadingOut.of, limit=limit, cursor=cursor)


@routes.post("/passports/{passport}/settle", PassportOut)
def settle(call: Call, passport: Identifier, body: SettleIn) -> PassportOut:
    """End a difference with the registry, after seeing the passport."""
    row = actions.settle_passport(
        passport, category=body.category, reason=body.reason, actor=call.actor
    )
    return PassportOut.of(row)


@routes.get("/doubts", page_of(DoubtOut))
def doubts(call: Call, limit: Limit = USUAL, cursor: Cursor | None = None) -> Page[DoubtOut]:
    """Pairs of registrations that wait for an officer, oldest first."""
    rows = queries.open_doubts(call.actor)
    return page(rows, DoubtOut.of, limit=limit, cursor=cursor, order=("found_at", "id"))


@routes.post("/doubts/{doubt}/decide", DoubtOut)
def decide_doubt(call: Call, doubt: Identifier, body: DoubtIn) -> DoubtOut:
    """Find two registrations to be one person, or two."""
    row = actions.decide_doubt(doubt, body.verdict, reason=body.reason, actor=call.actor)
    return DoubtOut.of(row)
