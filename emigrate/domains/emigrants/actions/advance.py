"""A registration goes on by itself as far as the facts allow."""

from emigrate.domains.emigrants.enums import CheckState, EmigrantState
from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.emigrants.queries import current_passport
from emigrate.domains.emigrants.workflow import EMIGRANT, PROVED
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action


@action
def advance(case: Emigrant, *, actor: Actor) -> Emigrant:
    """Verify, activate or take back a held case as its current passport and contact say."""
    passport = current_passport(case.pk)
    matched = passport is not None and passport.check_state == CheckState.MATCHED
    if case.state in PROVED and not matched:
        EMIGRANT.take("unverify", case, actor=actor)
    if case.state == EmigrantState.PROFILE_BASIC and matched:
        EMIGRANT.take("verify", case, actor=actor)
    if case.state == EmigrantState.ID_VERIFIED and case.contact_complete:
        EMIGRANT.take("activate", case, actor=actor)
    return case
