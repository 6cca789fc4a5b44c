"""A Chromium without a window, spoken to through pipes: what a page does, and what a reader sees of it.

Source: Chrome DevTools Protocol, https://chromedevtools.github.io/devtools-protocol, with --remote-debugging-pipe.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import itertools
import json
import os
import select
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PATIENCE_S = 40
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # root, as in many containers, has none
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--no-first-run",
    "--no-default-browser-check",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


def found() -> str | None:
    """Return the program, or None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextlib.contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Start one whose files lie in a folder; afterwards nothing of it is left."""
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (theirs_in, theirs_out)]  # neither is 3 or 4 already
    actions = [
        *((os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)),
        *((os.POSIX_SPAWN_DUP2, end, number) for end, number in zip(ends, (3, 4), strict=True)),
    ]
    command = [str(found()), *_OPTIONS, f"--user-data-dir={folder / 'profile'}", "about:blank"]
    process = os.posix_spawn(
        command[0], command, {**os.environ, "HOME": str(folder)}, file_actions=actions, setsid=True
    )
    for end in (theirs_in, theirs_out, *ends):
        os.close(end)
    one = Browser(ours_out, ours_in)
    try:
        one.call("Browser.getVersion", session="")  # once it answers, it has started the processes that stay
        yield one
        one.call("Browser.close", session="")
        while os.read(ours_in, 1 << 20):  # it is gone when its end of the pipe is
            pass
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(ours_out)
        os.close(ours_in)


@dataclass
class Browser:
    """One browser with one page.

    Attributes:
        to: where commands are written.
        fro: where answers and events are read.
        events: what happened since the page was opened.
    """

    to: int
    fro: int
    events: list[dict[str, Any]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _read: bytes = b""
    _session: str = ""

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Carry out a method of the protocol and return its result."""
        number = next(self._numbers)
        own = self._session if session is None else session
        message = {"id": number, "method": method, "params": params} | ({"sessionId": own} if own else {})
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data) :]
        while True:
            answer = self._message()
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            self.events.append(answer)

    def _message(self) -> dict[str, Any]:
        end = time.monotonic() + _PATIENCE_S
        while b"\0" not in self._read:
            ready, _, _ = select.select([self.fro], [], [], max(0, end - time.monotonic()))
            assert ready, "the browser does not answer"
            data = os.read(self.fro, 1 << 20)
            assert data, "the browser has ended"
            self._read += data
        text, _, self._read = self._read.partition(b"\0")
        return json.loads(text)

    def open(
        self, path: Path, *, width: int = 1280, dark: bool = False, scripts: bool = True, medium: str = ""
    ) -> None:
        """Show a file in a fresh page, until nothing is left to be drawn."""
        self.close()
        self.events.clear()
        target = self.call("Target.createTarget", session="", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", session="", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", media=medium, features=scheme)
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.resize(width)
        self.call("Page.navigate", url=path.absolute().as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._message())
        if scripts:
            self.wait_for("[...document.querySelectorAll('.drawing')].every((one) => one.querySelector('svg'))")

    def close(self) -> None:
        """Close the page, if one is open."""
        if self._session:
            self.call("Page.close")
            self._session = ""

    def resize(self, width: int, height: int = 900) -> None:
        """Give the page so many pixels."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def wait_for(self, condition: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + _PATIENCE_S
        while not self.value(condition):
            assert time.monotonic() < end, f"never true: {condition}; {self.complaints()}"
            time.sleep(0.02)

    def value(self, expression: str) -> Any:
        """Return what an expression of JavaScript gives, a promise's result included."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, code: int) -> None:
        """Press a key and let it go."""
        text = {"text": key} if len(key) == 1 else {}
        for what in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=what, key=key, windowsVirtualKeyCode=code, **text)

    def complaints(self) -> list[Any]:
        """Return what the page or the browser has complained of: exceptions, errors and warnings in the console."""
        wanted = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [event["params"] for event in self.events if event.get("method") in wanted]

    def requests(self) -> list[str]:
        """Return the addresses that were asked for."""
        asked = (event for event in self.events if event.get("method") == "Network.requestWillBeSent")
        return [event["params"]["request"]["url"] for event in asked]

    def picture(self, path: Path) -> None:
        """Save the whole page as PNG."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(shot["data"]))
