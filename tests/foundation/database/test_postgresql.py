"""The backend's two differences from Django's own."""

import pytest
from django.db import DataError, connection, transaction
from django.db.models import IntegerField, Value
from psycopg.types.numeric import Int2, Int4

from emigrate.domains.reference.models import Country
from emigrate.foundation.database.postgresql.base import Whole
from emigrate.ops.database import connect_as_superuser

LARGE = 5_000_000_000_123


def asked(marker, value):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {marker}", [value])
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize("marker", ["%s", "%t", "%b"])
@pytest.mark.parametrize("value", [
    Int4(LARGE), Int4(-LARGE), Int4(2**31), Int4(-(2**31)), Int4(7), Int2(70_000), Int2(-7),
])  # fmt: skip
def test_a_number_arrives_whole_whatever_width_it_was_marked_with(marker, value):
    assert asked(marker, value) == int(value)


@pytest.mark.django_db
@pytest.mark.parametrize("values", [
    [Int4(5), Int4(6)], [Int4(5), Int4(LARGE)], [Int4(LARGE), Int4(5)], [Int2(5), Int2(70_000)],
])  # fmt: skip
def test_a_list_of_numbers_arrives_whole_or_is_refused(values):
    try:
        with transaction.atomic():
            arrived = asked("%s", values)
    except DataError:
        arrived = "refused"

    assert arrived in ([int(each) for each in values], "refused")


@pytest.mark.django_db
def test_a_plain_number_in_an_expression_is_not_cut_off():
    large = Country.objects.annotate(large=Value(LARGE, output_field=IntegerField()))

    assert large.values_list("large", flat=True).first() == LARGE


def test_what_would_be_cut_off_is_refused():
    with pytest.raises(Exception, match="integer out of range"):
        Whole(Int4).dump(LARGE)


@pytest.mark.django_db
def test_a_number_too_large_for_its_column_is_the_databases_to_refuse():
    with pytest.raises(DataError), transaction.atomic():
        asked("%s::smallint", Int2(70_000))


def test_an_idle_connection_is_not_asked_anything(committed_database):
    asked("%s", "the last question")

    assert connection.is_usable()

    with connect_as_superuser(database=committed_database) as other:
        last = other.execute(
            "SELECT query FROM pg_stat_activity WHERE pid = %s",
            [connection.connection.info.backend_pid],
        ).fetchone()
    assert last == ("SELECT $1",)


def test_a_connection_that_the_server_ended_is_not_usable(committed_database):
    asked("%s", "anything")
    process = connection.connection.info.backend_pid
    with connect_as_superuser(database=committed_database) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [process])

    assert not connection.is_usable()

    connection.close()


def test_a_notice_in_the_way_does_not_make_a_connection_unusable(committed_database):
    with connection.cursor() as cursor:
        cursor.execute("LISTEN example")
    with connect_as_superuser(database=committed_database) as other:
        other.execute("NOTIFY example")

    assert connection.is_usable()
