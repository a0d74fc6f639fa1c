"""`python -m bench.jobs_worker DATABASE QUEUES`: the platform's worker for some of its queues.

Papers are made apart from what the road measures, so their queue can be left out.
"""

import sys

from emigrate.ops.database import Role
from emigrate.ops.django_setup import setup_django

AT_ONCE = "2"


def main(database: str, queues: str) -> int:
    """Run jobs until stopped."""
    setup_django(database, Role.WORKER)
    from django.core.management import call_command  # app ready

    from emigrate.foundation.jobs import put_back_stalled  # app ready

    put_back_stalled()
    call_command(
        "procrastinate", "worker", "--concurrency", AT_ONCE, "--queues", queues,
        "--delete-jobs", "successful", verbosity=0,
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
