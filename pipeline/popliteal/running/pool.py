"""The same step in one process or in many: chunks in, tables out, in the order of the chunks.

Workers are plain ``python -c`` processes that talk over their standard input and output, so a script that calls
:func:`popliteal.extract` needs no ``if __name__ == "__main__"`` guard, and nothing that a note makes a worker print can
reach a log. A worker that dies takes no more than its note along: its chunk is tried again note by note.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, TypeAlias, cast

from popliteal.errors import PoplitealError
from popliteal.running.items import Chunk, Item
from popliteal.running.tables import Assessor, Tables, concat, error_tables, step

Factory = Callable[[], Assessor]
Inbox: TypeAlias = "queue.SimpleQueue[tuple[_Worker, object]]"

#: Said by a worker when its engine stands.
READY = True
#: Chunks in flight for each worker: enough that a long note holds up nobody, few enough that memory stays flat.
_AHEAD = 8
#: Chunks in the hands of a worker: the one it works on, and the next, so that it never waits for this process.
_IN_HAND = 2
_FALSE_STARTS = 3

_LENGTH = struct.Struct("!Q")
_COMMAND = "from popliteal.running.worker import main; main()"


def work(
    chunks: Iterable[Chunk], factory: Factory, *, processes: int = 1, text: bool = True
) -> Iterator[tuple[Chunk, Tables]]:
    """Every chunk with its tables, in order; which process did the work does not show in them.

    Args:
        chunks: read lazily, never more than a few per process ahead of what has been given back.
        factory: makes the engine; picklable when ``processes`` is more than one.
        processes: how many workers; 1 works in this process, where a crash of the interpreter ends the run.
        text: False leaves the words of notes (``text`` and ``cues`` of findings) null.

    Raises:
        PoplitealError: the engine cannot be made, or a worker cannot be started.
    """
    if processes <= 1:
        engine = factory()
        for chunk in chunks:
            yield chunk, next(step(engine, [chunk.items], text=text))
        return
    pool = _Pool(factory, processes, text)
    try:
        yield from pool.run(chunks)
    finally:
        pool.close()


def send(stream: IO[bytes], message: object) -> None:
    """Write one message."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> object:
    """Read one message, or raise EOFError when the other side is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)  # noqa: S301 - from our own worker, over a pipe that nobody else holds


@dataclass(slots=True)
class _Task:
    """A chunk on its way. ``single`` is the index of the item tried alone, once a worker has died of the chunk."""

    chunk: Chunk
    single: int | None = None
    done: list[Tables] = field(default_factory=list)
    result: Tables | None = None

    def items(self) -> tuple[Item, ...]:
        return self.chunk.items if self.single is None else (self.chunk.items[self.single],)


class _Worker:
    """One process, and a thread that waits for what it says."""

    def __init__(self, init: object, inbox: Inbox) -> None:
        self.tasks: deque[_Task] = deque()  # what it has been sent, the one it works on first
        self.ready = False
        self._inbox = inbox
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and a fixed command
            [sys.executable, "-P", "-c", _COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        self.put(init)

    def put(self, message: object) -> None:
        """Send; that a worker is dead already is heard of when its own pipe ends."""
        if self._process.stdin is not None:
            with suppress(BrokenPipeError, ConnectionResetError):
                send(self._process.stdin, message)

    def exit_status(self) -> str:
        """How the process ended, in words."""
        code = self._process.wait()
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def close(self) -> None:
        """End the process and give back its pipes; safe to call twice."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()

    def _listen(self) -> None:
        stream = self._process.stdout
        try:
            while stream is not None:
                self._inbox.put((self, receive(stream)))
        except (EOFError, OSError, pickle.UnpicklingError):
            self._inbox.put((self, None))


class _Pool:
    """Hands chunks to workers, puts their tables back in order, replaces the dead."""

    def __init__(self, factory: Factory, processes: int, text: bool) -> None:
        self._init = (pickle.dumps(factory), text)
        self._processes = processes
        self._inbox: Inbox = queue.SimpleQueue()
        self._workers: list[_Worker] = []
        self._waiting: deque[_Task] = deque()
        self._false_starts = 0

    def run(self, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, Tables]]:
        """See :func:`work`."""
        source = iter(chunks)
        order: deque[_Task] = deque()
        more = True
        while more or order:
            while more and len(order) < _AHEAD * self._processes:
                chunk = next(source, None)
                if chunk is None:
                    more = False
                else:
                    order.append(_Task(chunk))
                    self._waiting.append(order[-1])
                    self._assign()
            while order and order[0].result is not None:
                task = order.popleft()
                assert task.result is not None  # noqa: S101 - for the type checker: the loop's condition says it
                yield task.chunk, task.result
            if order and order[0].result is None:
                self._hear(*self._inbox.get())
                self._assign()

    def close(self) -> None:
        """End every worker."""
        for worker in self._workers:
            worker.close()

    def _assign(self) -> None:
        """Give waiting tasks to those with the fewest, starting workers up to the number allowed."""
        while self._waiting:
            worker = min(self._workers, key=lambda worker: len(worker.tasks), default=None)
            if worker is None or (worker.tasks and len(self._workers) < self._processes):
                worker = _Worker(self._init, self._inbox)
                self._workers.append(worker)
            if len(worker.tasks) >= _IN_HAND:
                return
            task = self._waiting.popleft()
            worker.tasks.append(task)
            worker.put(task.items())

    def _hear(self, worker: _Worker, message: object) -> None:
        if message is None:
            self._bury(worker)
        elif isinstance(message, str):  # the engine could not be made; the message is one of popliteal's own
            raise PoplitealError(message)
        elif message is READY:
            worker.ready = True
            self._false_starts = 0
        else:
            self._progress(worker.tasks.popleft(), cast(Tables, message))

    def _progress(self, task: _Task, tables: Tables) -> None:
        if task.single is None:
            task.result = tables
            return
        task.done.append(tables)
        task.single += 1
        if task.single == len(task.chunk.items):
            task.result = concat(task.done)
            task.done = []
        else:
            self._waiting.appendleft(task)

    def _bury(self, worker: _Worker) -> None:
        """A worker died: of the chunk it worked on, whose notes are then tried one by one; or of one note alone."""
        status = worker.exit_status()
        worker.close()
        self._workers.remove(worker)
        if not worker.ready:
            self._false_starts += 1
            if self._false_starts > _FALSE_STARTS:
                raise PoplitealError(f"worker processes cannot start ({status}); is there memory for --processes?")
        first = worker.tasks.popleft() if worker.ready and worker.tasks else None
        self._waiting.extendleft(reversed(worker.tasks))
        if first is None:
            return
        if first.single is not None or len(first.chunk.items) == 1:
            (item,) = first.items()
            first.single = first.single or 0
            message = f"the process that read this note died ({status}); the note was left out"
            self._progress(first, error_tables(item, "WorkerDied", message, stage="worker"))
        else:
            first.single = 0
            self._waiting.appendleft(first)
