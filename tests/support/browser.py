"""Headless Chromium through its driver's own protocol (W3C WebDriver over HTTP): just what the page tests need."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

CHROMIUM = next((path for name in ("chromium", "google-chrome", "chrome") if (path := shutil.which(name))), None)
DRIVER = shutil.which("chromedriver")
MISSING = "needs a browser: chromium and chromedriver (Debian: apt-get install chromium chromium-driver)"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
)  # fmt: skip
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def _started() -> tuple[subprocess.Popen[str], str]:
    """A driver and its port. One that finds the port it drew taken meanwhile ends at once, and another is started."""
    for _ in range(5):
        driver = subprocess.Popen(
            [str(DRIVER), "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert driver.stdout is not None
        for line in driver.stdout:
            if found := re.search(r"successfully on port (\d+)", line):
                return driver, found[1]
        driver.communicate()
    raise AssertionError("chromedriver does not start")


class Browser:
    """One window. Use as a context manager; everything is removed at its end."""

    def __init__(self) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="popliteal-browser-", ignore_cleanup_errors=True)
        self._driver, port = _started()
        self._url = f"http://127.0.0.1:{port}/session"
        options = {"binary": CHROMIUM, "args": [*FLAGS, f"--user-data-dir={self._profile.name}"]}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        try:
            started = self._call("POST", "", {"capabilities": {"alwaysMatch": wanted}})
        except BaseException:
            self._stop()
            raise
        self._url += f"/{started['sessionId']}"
        # as if the window had the focus: what is typed into one that has it not is lost
        self.cdp("Emulation.setFocusEmulationEnabled", enabled=True)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        try:
            self._call("DELETE", "")
        finally:
            self._stop()

    def _stop(self) -> None:
        self._driver.terminate()
        self._driver.communicate(timeout=20)
        self._profile.cleanup()

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(  # noqa: S310  # a driver of ours on this machine
            self._url + path, data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310
                return json.load(answer)["value"]
        except HTTPError as error:
            raise AssertionError(json.load(error)["value"]["message"]) from None

    def open(self, page: Path, fragment: str = "") -> None:
        """Show a file."""
        self.cdp("Page.navigate", url="about:blank")
        self._call("POST", "/url", {"url": page.as_uri() + fragment})

    def visit(self, address: str, *, scripted: bool = True) -> None:
        """Go to an address, as somebody who types it does, and wait until the page is painted in the scheme asked for.

        Not ``scripted``: where scripts are turned off nothing tells when that is.
        """
        self._call("POST", "/url", {"url": address})
        if scripted:
            self._painted()

    def _painted(self) -> None:
        script = "requestAnimationFrame(() => requestAnimationFrame(() => arguments[0]()))"
        self._call("POST", "/execute/async", {"script": script, "args": []})

    def title(self) -> str:
        """The page's title, which needs no script."""
        return str(self._call("GET", "/title"))

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script returns; ``arguments[0]`` and so on are in it."""
        return self._call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def cdp(self, command: str, **parameters: Any) -> Any:
        """A command of the DevTools protocol."""
        return self._call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def window(self, width: int, height: int = 900) -> None:
        """The size of the page's window, smaller ones than a real window can have included."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def scheme(self, name: str, media: str = "") -> None:
        """``light`` or ``dark``, on screen or as printed; without smooth scrolling, which a test would wait for."""
        wanted = {"prefers-color-scheme": name, "prefers-reduced-motion": "reduce"}
        features = [{"name": key, "value": value} for key, value in wanted.items()]
        self.cdp("Emulation.setEmulatedMedia", media=media, features=features)

    def element(self, css: str) -> dict[str, str]:
        """A reference to the first element that a selector finds."""
        found: dict[str, str] = self._call("POST", "/element", {"using": "css selector", "value": css})
        return found

    def hover(self, css: str) -> None:
        """Move the pointer onto an element, when all scrolling has come to rest."""
        script = """
            const [css, done] = arguments;
            const element = document.querySelector(css);
            element.scrollIntoView({block: "center", behavior: "instant"});
            requestAnimationFrame(() => requestAnimationFrame(() => {
              const line = element.getClientRects()[0];  // a mark can run over several
              done([Math.round(line.x + line.width / 2), Math.round(line.y + line.height / 2)]);
            }));
        """
        x, y = self._call("POST", "/execute/async", {"script": script, "args": [css]})
        move = {"type": "pointerMove", "duration": 0, "x": x, "y": y, "origin": "viewport"}
        self._call("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": [move]}]})

    def click(self, css: str) -> None:
        """Click an element."""
        self._call("POST", f"/element/{self.element(css)[ELEMENT]}/click", {})

    def keys(self, text: str) -> None:
        """Press keys, one after the other, once the page is painted: what is pressed before that is lost."""
        self._painted()
        actions = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self._call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def log(self) -> list[str]:
        """What was written to the console since the last time: errors, and what a policy refused.

        Not what Chromium writes of the pages it brings along, as the list of a folder: they cite its own tickets.
        """
        messages = [entry["message"] for entry in self._call("POST", "/se/log", {"type": "browser"})]
        return [message for message in messages if "crbug/" not in message]

    def logged(self, words: str, times: int = 1) -> bool:
        """Whether ``words`` come to stand in so many lines of the console within a few seconds: what the browser does
        about a page it tells when it is done."""
        for _ in range(50):
            times -= sum(words in line for line in self.log())
            if times <= 0:
                return True
            time.sleep(0.1)
        return False

    def picture(self, file: Path) -> None:
        """A screenshot."""
        file.write_bytes(base64.b64decode(self._call("GET", "/screenshot")))

    def pdf(self) -> bytes:
        """The page as printed."""
        return base64.b64decode(self._call("POST", "/print", {}))
