"""Everything that a refusal must leave as it was: the rows of some domains, leaves and jobs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import DomainError
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting

WATCHED = ("demands", "contracts", "insurance", "payments", "notifications")


def everything(*domains: str) -> dict[str, list[Any]]:
    """Every row of these domains (by default those of a job's road), leaves, and jobs by number."""
    with acting(Actor.system("snapshot")):
        kept: dict[str, list[Any]] = {
            model._meta.label: list(model._default_manager.order_by("pk").values())
            for domain in domains or WATCHED
            for model in apps.get_app_config(domain).get_models()
        }
        kept["leaves"] = list(AuditLeaf.objects.order_by("pk").values_list("pk", "hash"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, status FROM procrastinate_jobs ORDER BY id")
            kept["jobs"] = cursor.fetchall()
    return kept


@contextmanager
def refused(error: type[DomainError], code: str | None = None) -> Iterator[None]:
    """The block is refused with this error (and reason), and nothing has changed after it."""
    before = everything()
    with pytest.raises(error) as caught:
        yield
    assert caught.type is error
    if code is not None:
        assert code in codes_of(caught.value)
    assert everything() == before


@contextmanager
def refused_by_database(words: str) -> Iterator[None]:
    """The database itself refuses the block, in these words; the test's transaction goes on."""
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        yield


def as_nobody() -> None:
    """Within a test's transaction: forget who acted last, as a commit does."""
    with connection.cursor() as cursor:
        for name in ("role", "user", "organisation", "office", "country", "person"):
            cursor.execute("SELECT set_config(%s, '', true)", [f"app.{name}"])


def codes_of(refusal: DomainError) -> list[str]:
    """Every code that a refusal names: its own, of fields, of what is unmet."""
    fields = [each["code"] for each in getattr(refusal, "errors", [])]
    return [refusal.reason_code, *fields, *refusal.facts.get("codes", [])]


def jobs_waiting(prefix: str = "") -> list[str]:
    """The names of the jobs that wait, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' "
            "AND task_name LIKE %s ORDER BY id",
            [f"{prefix}%"],
        )
        return [name for (name,) in cursor.fetchall()]


def leaves_of(case: Any) -> list[str]:
    """The events of a case, oldest first."""
    with acting(Actor.system("snapshot")):
        rows = AuditLeaf.objects.filter(case_reference=case.reference).order_by("seq")
        return list(rows.values_list("event", flat=True))
