"""Jobs live in the same database and commit with the decision: ids in, idempotent, one action.

The one place that knows the queue's library. A domain's `tasks.py` names its jobs with `job`; an
action asks for one by its name with `later`, so that actions need not import tasks. The row is
written by our own INSERT: the library's call would break the transaction where a job of the same
`once` waits already.
"""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from django.db import IntegrityError, connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from emigrate.foundation.errors import Busy

Job: TypeAlias = Callable[..., None]

PARTNERS = "partners"
PAPERS = "papers"
CLOCKS = "clocks"
MESSAGES = "messages"
QUEUES = (PARTNERS, PAPERS, CLOCKS, MESSAGES)

RETRY = RetryStrategy(max_attempts=8, exponential_wait=2, retry_exceptions=[Busy])

JOBS: dict[str, Job] = {}
"""Every job by its name, for running one at once (demonstration, replay, tests)."""

_INSERT = """
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args)
VALUES (%s, %s, 0, %s, %s, %s::jsonb)
ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
"""
_FETCH = "SELECT id, task_name, args FROM procrastinate_fetch_job_v2(%s::varchar[], NULL)"
_DONE = "SELECT procrastinate_finish_job_v1(%s, 'succeeded'::procrastinate_job_status, true)"
_FAILED = "SELECT procrastinate_finish_job_v1(%s, 'failed'::procrastinate_job_status, false)"
_STALLED = """
WITH stalled AS (
    SELECT job.id, job.queueing_lock FROM procrastinate_jobs job
    WHERE job.status = 'doing' AND NOT EXISTS (
        SELECT 1 FROM procrastinate_workers worker
        WHERE worker.id = job.worker_id AND worker.last_heartbeat > now() - interval '30 seconds'))
"""
_SUPERSEDED = (
    _STALLED  # noqa: S608 - constants of this file
    + """
SELECT count(procrastinate_finish_job_v1(job.id, 'failed'::procrastinate_job_status, true))
FROM stalled job
WHERE EXISTS (SELECT 1 FROM procrastinate_jobs waiting
              WHERE waiting.queueing_lock = job.queueing_lock AND waiting.status = 'todo')
   OR EXISTS (SELECT 1 FROM stalled earlier
              WHERE earlier.queueing_lock = job.queueing_lock AND earlier.id < job.id)
"""
)
_RESCUE = (
    _STALLED
    + """
SELECT count(procrastinate_retry_job_v2(job.id, now(), NULL, NULL, NULL)) FROM stalled job
"""
)
_AGAIN = "SELECT procrastinate_retry_job_v2(%s, now() + interval '1 minute', NULL, NULL, NULL)"


def job(name: str, *, queue: str) -> Callable[[Job], Job]:
    """Name a background job `domain.verb`; it gets ids and calls one action."""

    def register(function: Job) -> Job:
        app.task(name=name, queue=queue, retry=RETRY)(function)
        JOBS[name] = function
        return function

    return register


def periodic(name: str, *, queue: str, cron: str) -> Callable[[Job], Job]:
    """A job that the workers also start by themselves; six fields name seconds last."""

    def register(function: Job) -> Job:
        def tick(timestamp: int) -> None:
            del timestamp
            function()

        task = app.task(name=name, queue=queue, queueing_lock=name)(tick)
        app.periodic(cron=cron)(task)
        JOBS[name] = lambda **_: function()
        return function

    return register


def later(
    name: str, *, queue: str, once: str | None = None, lock: str | None = None, **ids: int | str
) -> None:
    """Enqueue a job in the running transaction.

    With `once`, not if one of that key waits already; jobs of one `lock` run one at a time.
    """
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [queue, name, lock, once, json.dumps(ids)])


def run_waiting(queues: tuple[str, ...] = QUEUES, *, at_most: int = 1000) -> int:
    """Run the jobs that wait, one after the other, in this process; how many ran.

    For the demonstration, the replay and tests, where no worker process runs: the rows and the
    library's own functions are the ones that a worker uses. A job that finds a partner
    unavailable waits a minute for its next try; one that fails is marked as failed, and its error
    is raised.
    """
    ran = 0
    while ran < at_most and (row := _fetch(queues)) is not None:
        job_id, name, args = row
        ran += 1
        try:
            JOBS[name](**args)
        except Busy:
            _again(job_id)
        except BaseException:
            _finish(_FAILED, job_id)
            raise
        else:
            _finish(_DONE, job_id)
    return ran


def _fetch(queues: tuple[str, ...]) -> tuple[int, str, dict[str, Any]] | None:  # args: ids
    with connection.cursor() as cursor:
        cursor.execute(_FETCH, [list(queues)])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return None
    return row[0], row[1], row[2] if isinstance(row[2], dict) else json.loads(row[2])


def _again(job_id: int) -> None:
    """Try once more later; where the same job was asked for meanwhile, that one is the next try."""
    try:
        with transaction.atomic():
            _finish(_AGAIN, job_id)
    except IntegrityError:
        _finish(_DONE, job_id)


def _finish(statement: str, job_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [job_id])


def put_back_stalled() -> int:
    """Give jobs whose worker has vanished back to the queue; how many.

    Where the same job (`once`) waits already, that one is the next try and the old one ends. A
    third one that comes in between leaves the rest to the next minute.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SUPERSEDED)
            cursor.execute(_RESCUE)
            row = cursor.fetchone()
    except IntegrityError:
        return 0
    return int(row[0]) if row else 0
