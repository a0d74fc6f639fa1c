"""Verbs on employers: registering, verifying, listing, and keeping the register."""

from emigrate.domains.employers.actions.keep import (
    expire_licences,
    record_recruitment,
    release_recruitment,
    set_idle_inactive,
)
from emigrate.domains.employers.actions.listing import (
    blacklist_employer,
    clear_employer,
    watch_employer,
)
from emigrate.domains.employers.actions.register import (
    NewEmployer,
    answer_query,
    attach_paper,
    correct_details,
    register_employer,
    renew_registration,
    send_email_code,
    submit_registration,
    verify_email,
)
from emigrate.domains.employers.actions.verify import (
    approve_employer,
    query_employer,
    reactivate_employer,
    record_local_check,
    reject_employer,
    send_to_local_check,
    take_up_registration,
)

__all__ = [
    "NewEmployer",
    "answer_query",
    "approve_employer",
    "attach_paper",
    "blacklist_employer",
    "clear_employer",
    "correct_details",
    "expire_licences",
    "query_employer",
    "reactivate_employer",
    "record_local_check",
    "record_recruitment",
    "register_employer",
    "reject_employer",
    "release_recruitment",
    "renew_registration",
    "send_email_code",
    "send_to_local_check",
    "set_idle_inactive",
    "submit_registration",
    "take_up_registration",
    "verify_email",
    "watch_employer",
]
