"""What others ask about persons without knowing this domain."""

from collections.abc import Iterable, Mapping

from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.notifications.queries import languages_by


@languages_by
def spoken(person_ids: Iterable[int]) -> Mapping[int, str]:
    """In which language each of these persons is told something (BCP 47)."""
    return dict(Emigrant.objects.filter(pk__in=person_ids).values_list("pk", "language"))
