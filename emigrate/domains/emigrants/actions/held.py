"""Locking one person's record for a verb that is not a step of the machine."""

from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.emigrants.workflow import EMIGRANT
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotPermitted


def held(permission: str, *, actor: Actor, **key: object) -> Emigrant:
    """The locked row on which the actor holds the permission; NotFound, NotPermitted."""
    case = EMIGRANT.lock(Emigrant.objects.all(), actor=actor, permission=permission, **key)
    if getattr(case, "held_permission", None) != permission:
        raise NotPermitted(permission=f"emigrant.{permission}", role=actor.role)
    return case
