"""How the site is served: granian, one process a core, two blocking threads each.

Two let one request wait for the database while another runs; more only hinder each other (four
answer a tenth less). A body that trickles in holds a thread, so a proxy that reads bodies whole
stands in front wherever strangers can reach the site.
"""

import os
import sys

PROCESSES = len(os.sched_getaffinity(0))
THREADS = 2
END_SECONDS = 5
"""A worker that is told to end before it has begun never does by itself."""


def site_command(port: int, *, log_level: str = "warning", threads: int = THREADS) -> list[str]:
    """The command of the site on a port of the loopback address."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(PROCESSES)]
    command += ["--workers-kill-timeout", str(END_SECONDS)]
    command += ["--blocking-threads", str(threads), "--no-access-log", "--log-level", log_level]
    return [*command, "emigrate.config.wsgi:application"]
