"""`python -m sandbox --port 0 --data DIR`: one JSON line with the addresses, then serve."""

import argparse
import json
import os
import secrets
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from sandbox.control import PREFIX
from sandbox.courier import callback_address
from sandbox.server import Server
from sandbox.world import Settings, World

STANDARD_INPUT = 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument(
        "--data", type=Path, help="folder with keys/<key id>.pem; gets the journal and senders/"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--token", default="", help="control token; made up when left out")
    parser.add_argument("--pages", action="store_true", help="orders wait for the payer's page")
    parser.add_argument("--latency", action="store_true", help="answer as slowly as a partner may")
    parser.add_argument("--fault-rate", type=float, default=0.0, help="share of calls that fail")
    parser.add_argument(
        "--while-stdin", action="store_true", help="end when standard input is closed"
    )
    parser.add_argument(
        "--callbacks", type=callback_address, default="", help="where news goes: <URL>/<partner>"
    )
    parser.add_argument(
        "--keep", action="store_true", help="the insurer knows its policies after a restart"
    )
    parser.add_argument("--hurry", type=float, default=1.0, help="divides the waits between tries")
    return parser.parse_args()


def main() -> int:
    """Serve until SIGTERM, SIGINT or, if asked, the end of standard input."""
    asked = arguments()
    if asked.data is not None:
        asked.data.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        seed=asked.seed,
        folder=asked.data,
        token=asked.token or secrets.token_urlsafe(24),
        pages=asked.pages,
        latency=asked.latency,
        fault_rate=asked.fault_rate,
        callbacks=asked.callbacks,
        hurry=asked.hurry,
        keep=asked.keep,
    )
    server = Server(asked.port, World(settings))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    server.world.courier.start()
    print(json.dumps(_greeting(server, settings)), flush=True)
    _wait(while_stdin=asked.while_stdin)
    server.shutdown()
    server.world.courier.close()
    server.server_close()
    return 0


def _greeting(server: Server, settings: Settings) -> dict[str, object]:
    return {
        "port": server.server_address[1],
        "base_urls": {name: f"{server.origin}/{name}" for name in server.world.offices},
        "control_url": f"{server.origin}{PREFIX}",
        "control_token": settings.token,
        "keys": server.world.verifier.key_ids(),
        "senders": {
            partner: {"key_id": key.key_id, "pem": key.pem.decode("ascii")}
            for partner, key in server.world.senders.items()
        },
    }


def _wait(*, while_stdin: bool) -> None:
    done = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        done.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)

    def stop_at_end_of_input() -> None:
        # Not through `sys.stdin`: a thread that waits in it holds its lock when Python ends.
        while os.read(STANDARD_INPUT, 4096):
            pass
        done.set()

    if while_stdin and sys.stdin is None:  # it was closed from the beginning
        return
    if while_stdin:
        threading.Thread(target=stop_at_end_of_input, daemon=True).start()
    done.wait()


if __name__ == "__main__":
    sys.exit(main())
