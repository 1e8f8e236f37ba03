"""A review that is being served, by the program in a process of its own or in a thread; and plain requests to it."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode, urlsplit

from popliteal.cohort.folder import open_cohort
from popliteal.cohort.review.desk import open_charts, open_desk
from popliteal.cohort.review.review import prepare
from popliteal.cohort.review.server import listen, server
from popliteal.cohort.review.store import Adjudications


class Requests:
    """Requests to a review. ``address`` is what opens it, ``origin`` the beginning of every page."""

    def __init__(self, address: str) -> None:
        self.address = address
        parts = urlsplit(address)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.host = parts.netloc
        self.port = int(parts.port or 0)

    def request(
        self, path: str, form: dict[str, str] | None = None, method: str | None = None, **headers: str | None
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of an answer. A header that is None is left out; in its name ``_`` is ``-``."""
        body = None if form is None else urlencode(form)
        wanted = {"Host": self.host} | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
        wanted |= {name.replace("_", "-").title(): value for name, value in headers.items() if value is not None}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method or ("GET" if body is None else "POST"), path, skip_host=True)
            for name, value in wanted.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body.encode() if body is not None else None)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
        finally:
            connection.close()

    def enter(self) -> str:
        """Exchange the token for the cookie."""
        parts = urlsplit(self.address)
        status, headers, _ = self.request(f"{parts.path}?{parts.query}")
        assert status == 303
        return headers["set-cookie"].split(";")[0]


class Served(Requests):
    """The program itself, as a process of its own."""

    def __init__(self, cohort: Path, *arguments: object) -> None:
        program = [sys.executable, "-m", "popliteal", "review", str(cohort), *map(str, arguments)]
        self.process = subprocess.Popen(program, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        said = []
        for line in self.process.stderr:
            said.append(line)
            if found := re.search(r"http://\S+", line):
                super().__init__(found[0])
                self.request("/")  # it is up, and hears Ctrl-C even where a shell's background has made it deaf
                return
        self.process.communicate()
        raise AssertionError("".join(said))

    def __enter__(self) -> Served:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> str:
        """Ctrl-C; what it wrote to standard error after its address."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        _, errors = self.process.communicate(timeout=20)
        return errors

    def kill(self) -> None:
        """End it without any chance to tidy up."""
        self.process.kill()
        self.process.communicate(timeout=20)


class Hosted(Requests):
    """The same server in a thread of the test: there at once."""

    def __init__(self, cohort: Path, sample: int | dict[str, int], reviewer: str = "alice", seed: int = 0) -> None:
        opened = open_cohort(cohort)
        self.store = Adjudications(cohort)
        prepare(opened, self.store, sample, seed)
        desk = open_desk(opened, self.store, open_charts(opened, self.store), reviewer)
        addresses: list[str] = []
        self._socket = listen()
        self._server = server(desk, self._socket, addresses.append)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})
        self._thread.start()
        super().__init__(addresses[0])

    def __enter__(self) -> Hosted:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=20)
        self._socket.close()
        self.store.close()
