"""Words and small steps that several parts of the road share."""

from datetime import timedelta
from typing import Any

from emigrate.domains.payments.actions import settle_from_gateway
from emigrate.domains.payments.models import Order
from emigrate.foundation.actors import Actor
from tests.api.walk import SYSTEM, Walk
from tests.factories.payments import an_answer

WHY = {"reason": "Said in the test."}


def day(walk: Walk, days: int) -> str:
    """A day from the scene's moment on."""
    return (walk.scene.now + timedelta(days=days)).date().isoformat()


def pay(walk: Walk, who: Actor, order: str) -> None:
    """The payer says it is paid, and then the gateway does."""
    walk.post(who, f"/payments/{order}/confirm")
    walk.do(settle_from_gateway, order, an_answer(walk.row(Order, reference=order)), actor=SYSTEM)


def a_person(walk: Walk, number: str, **changes: Any) -> dict[str, Any]:
    """What a worker says, with a passport of this number."""
    drawn = walk.scene.drafts[0].worker.drawn
    return {
        "given_names": "WALKER",
        "surname": "SAMPLE",
        "birth_date": "1994-05-06",
        "sex": "M",
        "state_code": drawn.state_code,
        "district_code": drawn.district_code,
        "phone": "7000012345",
        "family_phone": "7000012346",
        "address": "1 Sample Lane",
        "nominee": {"name": "NOMINEE SAMPLE", "relation": "wife", "phone": "7000012347"},
        "emergency": {"name": "RELATIVE SAMPLE", "relation": "brother", "phone": "7000012348"},
        "passport": {"category": "ecr", "number": number, "expires_on": day(walk, 2000)},
        **changes,
    }
