"""Blinded name keys made anew, after the normal form of names or their key has changed."""

from dataclasses import dataclass

from emigrate.domains.emigrants.models import Emigrant, NameIndex
from emigrate.domains.emigrants.policies import EMIGRANT_POLICY
from emigrate.domains.emigrants.queries import keys_of
from emigrate.domains.emigrants.queries.opened import record_reading, wrapped_key
from emigrate.domains.emigrants.queries.sealed import IDENTITY, Identity, Key
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action

BATCH = 500
PURPOSE = "name-keys"


@dataclass(frozen=True, slots=True)
class Remade:
    """One round: the last person looked at, how many there were, and how many keys changed."""

    last: int
    seen: int
    changed: int


@action
def remake_name_keys(after: int, *, actor: Actor) -> Remade:
    """Make the keys of the next 500 persons anew, by their numbers; `seen` is 0 at the end.

    Erased persons have no names to make keys of; theirs stay as they are. A person who is being
    corrected is waited for. Run again, it changes nothing.
    """
    EMIGRANT_POLICY.require_role(actor, "keep")
    rows = Emigrant.objects.filter(pk__gt=after).order_by("pk").select_for_update(of=("self",))
    persons = list(rows.annotate(wrapped=wrapped_key())[:BATCH])
    kept = dict(NameIndex.objects.filter(pk__in=persons).values_list("pk", "name_keys"))
    changed = []
    for person in persons:
        if person.wrapped is not None:
            keys = _keys(person)
            if keys != kept.get(person.pk):
                changed.append(NameIndex(emigrant=person, name_keys=keys))
    NameIndex.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["emigrant"], update_fields=["name_keys"]
    )
    opened = [person.pk for person in persons if person.wrapped is not None]
    if opened:
        record_reading(opened, actor=actor, purpose=PURPOSE)
    return Remade(persons[-1].pk if persons else after, len(persons), len(changed))


def _keys(person: Emigrant) -> list[int]:
    key = Key(person.pk, person.wrapped)  # type: ignore[attr-defined]  # annotated
    return keys_of(Identity.of_text(key.open(IDENTITY, person.seal_id, person.identity_sealed)))
