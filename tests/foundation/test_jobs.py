"""Jobs in the same database: with the decision or not at all, once, and never lost."""

import pytest
from django.db import connection

from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Busy
from emigrate.foundation.transactions import acting
from tests.races import race

SYSTEM = Actor.system("test")
ran = []


@jobs.job("tests.note", queue=jobs.CLOCKS)
def note(number):
    ran.append(number)


@jobs.job("tests.wait", queue=jobs.PARTNERS)
def wait(number):
    ran.append(number)
    raise Busy(part="partner")


@jobs.job("tests.fail", queue=jobs.PAPERS)
def fail(number):
    raise ZeroDivisionError


@jobs.periodic("tests.tick", queue=jobs.CLOCKS, cron="0 0 1 1 *")
def tick():
    ran.append("tick")


@pytest.fixture(autouse=True)
def nothing_ran():
    ran.clear()


def rows(name):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text, args, lock, queue_name FROM procrastinate_jobs "
            "WHERE task_name = %s ORDER BY id",
            [name],
        )
        return cursor.fetchall()


@pytest.mark.django_db
def test_jobs_run_in_order_with_their_ids():
    for number in (1, 2, 3):
        jobs.later("tests.note", queue=jobs.CLOCKS, number=number)

    count = jobs.run_waiting()

    assert (count, ran, jobs.run_waiting()) == (3, [1, 2, 3], 0)


@pytest.mark.django_db
def test_only_the_named_queues_run():
    jobs.later("tests.note", queue=jobs.CLOCKS, number=1)

    assert jobs.run_waiting((jobs.PAPERS,)) == 0
    assert jobs.run_waiting((jobs.PAPERS, jobs.CLOCKS)) == 1


@pytest.mark.django_db
def test_no_more_than_asked_for():
    for number in (1, 2, 3):
        jobs.later("tests.note", queue=jobs.CLOCKS, number=number)

    assert (jobs.run_waiting(at_most=2), ran) == (2, [1, 2])


@pytest.mark.django_db
def test_a_job_stands_or_falls_with_its_transaction():
    def half():
        with acting(SYSTEM):
            jobs.later("tests.note", queue=jobs.CLOCKS, number=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()

    assert (jobs.run_waiting(), rows("tests.note")) == (0, [])


@pytest.mark.django_db
def test_once_is_once_while_it_waits():
    for number in (1, 2):
        jobs.later("tests.note", queue=jobs.CLOCKS, once="only", number=number)
    jobs.run_waiting()
    jobs.later("tests.note", queue=jobs.CLOCKS, once="only", number=3)
    jobs.run_waiting()

    assert ran == [1, 3]


@pytest.mark.django_db
def test_jobs_of_one_lock_run_one_at_a_time():
    jobs.later("tests.note", queue=jobs.CLOCKS, lock="case-1", number=1)

    assert rows("tests.note") == [("todo", '{"number": 1}', "case-1", "clocks")]


@pytest.mark.django_db
def test_a_busy_partner_is_asked_again_later():
    jobs.later("tests.wait", queue=jobs.PARTNERS, number=1)

    count = jobs.run_waiting()

    assert (count, ran, [row[0] for row in rows("tests.wait")]) == (1, [1], ["todo"])
    assert jobs.run_waiting() == 0  # not before its minute is over


@pytest.mark.django_db
def test_a_failing_job_is_marked_and_told():
    jobs.later("tests.fail", queue=jobs.PAPERS, number=1)
    jobs.later("tests.note", queue=jobs.PAPERS, number=2)

    with pytest.raises(ZeroDivisionError):
        jobs.run_waiting()

    assert [row[0] for row in rows("tests.fail")] == ["failed"]
    assert (jobs.run_waiting(), ran) == (1, [2])


def test_a_periodic_job_can_be_run_at_once():
    jobs.JOBS["tests.tick"](timestamp=1)

    assert ran == ["tick"]


def test_every_job_is_known_to_the_library():
    known = {name for name in jobs.app.tasks if not name.startswith("builtin:")}

    assert set(jobs.JOBS) <= known | {"procrastinate.builtin_tasks.remove_old_jobs"}


def test_many_workers_run_each_job_once(committed_database):
    for number in range(60):
        jobs.later("tests.note", queue=jobs.CLOCKS, number=number)

    counts = race(8, lambda _: jobs.run_waiting())

    assert (sum(counts), sorted(ran)) == (60, list(range(60)))


@pytest.mark.django_db
def test_jobs_of_vanished_workers_are_put_back_once():
    jobs.later("tests.note", queue=jobs.CLOCKS, once="tests.note", number=1)
    abandon("tests.note")
    jobs.later("tests.note", queue=jobs.CLOCKS, once="tests.note", number=2)
    jobs.later("tests.wait", queue=jobs.PARTNERS, number=3)
    abandon("tests.wait")

    put_back = jobs.put_back_stalled()

    assert put_back == 1
    assert states() == {("tests.note", "todo"): 1, ("tests.wait", "todo"): 1}


@pytest.mark.django_db
def test_of_two_vanished_tries_of_one_job_one_goes_on():
    for number in (1, 2):
        jobs.later("tests.note", queue=jobs.CLOCKS, once="tests.note", number=number)
        abandon("tests.note")

    put_back = jobs.put_back_stalled()

    assert put_back == 1
    assert states() == {("tests.note", "todo"): 1}


def abandon(name):
    """A worker took the job and vanished."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = %s", [name]
        )


def states():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, status::text, count(*) FROM procrastinate_jobs "
            "WHERE task_name LIKE 'tests.%%' GROUP BY 1, 2"
        )
        return {(name, status): count for name, status, count in cursor.fetchall()}
