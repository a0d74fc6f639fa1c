"""Verbs on persons: registering, passports, who may see whom, and registrations made twice."""

from emigrate.domains.emigrants.actions.budget import report_spent_budget
from emigrate.domains.emigrants.actions.doubts import (
    clear_duplicate,
    decide_doubt,
    hold_as_duplicate,
    merge_into,
    note_doubts,
    record_death,
)
from emigrate.domains.emigrants.actions.links import (
    disclose,
    end_disclosure,
    end_link,
    link_agent,
    send_consent_code,
)
from emigrate.domains.emigrants.actions.name_keys import remake_name_keys
from emigrate.domains.emigrants.actions.passports import (
    NewPassport,
    add_passport,
    ask_registry,
    record_passport_check,
    record_registry_down,
    settle_passport,
)
from emigrate.domains.emigrants.actions.register import (
    Details,
    NewEmigrant,
    correct_details,
    record_years_abroad,
    register_emigrant,
)
from emigrate.domains.emigrants.actions.viewed import tell_viewed
from emigrate.domains.emigrants.actions.watch import record_watched, take_status_news

__all__ = [
    "Details",
    "NewEmigrant",
    "NewPassport",
    "add_passport",
    "ask_registry",
    "clear_duplicate",
    "correct_details",
    "decide_doubt",
    "disclose",
    "end_disclosure",
    "end_link",
    "hold_as_duplicate",
    "link_agent",
    "merge_into",
    "note_doubts",
    "record_death",
    "record_passport_check",
    "record_registry_down",
    "record_watched",
    "record_years_abroad",
    "register_emigrant",
    "remake_name_keys",
    "report_spent_budget",
    "send_consent_code",
    "settle_passport",
    "take_status_news",
    "tell_viewed",
]
