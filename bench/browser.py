"""Debian's Chromium, driven over a pipe (DevTools protocol): real keys, real pages, no network."""

import base64
import itertools
import json
import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--remote-debugging-pipe", "--hide-scrollbars",
)  # fmt: skip
VIRTUAL_KEYS = {"Enter": 13, "Tab": 9, "a": 65, "n": 78, "d": 68}
ALT = 1
PATIENCE = 60


class Page:
    """One tab. Keys pressed and pages loaded since `count()` are counted."""

    def __init__(self, to: Any, answers: Any) -> None:
        self._to, self._answers = to, answers
        self._serial = itertools.count(1)
        self._session = ""
        self.keys = self.loads = 0
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = session["sessionId"]
        self.call("Page.enable")
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser, and count what loads meanwhile."""
        serial = next(self._serial)
        message: dict[str, Any] = {"id": serial, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        while (answer := self._read()).get("id") != serial:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def _read(self) -> dict[str, Any]:
        text = bytearray()
        while (byte := self._byte()) != b"\0":
            text += byte
        message = json.loads(text)
        self.loads += message.get("method") == "Page.loadEventFired"
        return message

    def _byte(self) -> bytes:
        ready, _, _ = select.select([self._answers], [], [], PATIENCE)
        assert ready, f"the browser says nothing for {PATIENCE} seconds"
        byte: bytes = self._answers.read(1)
        assert byte, "the browser ended"
        return byte

    def count(self) -> None:
        """Begin to count."""
        self.keys = self.loads = 0

    def wait_for_load(self) -> None:
        """Read until the next page has loaded."""
        before = self.loads
        while self.loads == before:
            self._read()

    def open(self, url: str) -> None:
        """Go to an address and wait."""
        before = self.loads
        self.call("Page.navigate", url=url)
        if self.loads == before:
            self.wait_for_load()

    def size(self, width: int, height: int = 800) -> None:
        """A window as wide as a phone's or a desk's."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def press(self, key: str, *, alt: bool = False, loads: bool = False) -> None:
        """Press a key; with Alt it counts as two. `loads`: wait for the page it leads to."""
        self.settle()
        self.keys += 1 + alt
        before = self.loads
        what = {"key": key, "windowsVirtualKeyCode": VIRTUAL_KEYS[key], "modifiers": ALT * alt}
        text = {"text": "\r"} if key == "Enter" else {"unmodifiedText": key} if alt else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", **what, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **what)
        if loads and self.loads == before:
            self.wait_for_load()

    def settle(self) -> None:
        """Wait until the page is drawn: what should have the focus has it then."""
        drawn = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        self.call("Runtime.evaluate", expression=drawn, awaitPromise=True)

    def run(self, script: str) -> Any:
        """The value of a script, for looking at the page (pages themselves have none)."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        return found["result"].get("value")

    def cookie(self, name: str, value: str, url: str) -> None:
        """Set a cookie of the site."""
        self.call("Network.setCookie", name=name, value=value, url=url)

    def picture(self, path: Path) -> None:
        """Keep the whole page as a picture."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        path.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def chromium(folder: Path) -> Iterator[Page]:
    """A fresh browser with a profile of its own in `folder`."""
    assert CHROMIUM is not None
    to_read, to = os.pipe()
    answers, from_write = os.pipe()
    command = [CHROMIUM, *ARGUMENTS, f"--user-data-dir={folder}"]
    line = 'exec "$@" 3<&"$IN" 4>&"$OUT"'
    with (
        subprocess.Popen(
            ["bash", "-c", line, "bash", *command],
            pass_fds=(to_read, from_write),
            env={**os.environ, "IN": str(to_read), "OUT": str(from_write)},
            stderr=subprocess.DEVNULL,
        ) as process,
        os.fdopen(to, "wb") as writer,
        os.fdopen(answers, "rb", buffering=0) as reader,
    ):
        os.close(to_read)
        os.close(from_write)
        try:
            yield Page(writer, reader)
        finally:
            process.terminate()
            process.wait(timeout=20)
