"""Threads that wait for answers and need not be waited for.

concurrent.futures joins its threads when the program ends, so that an interrupt would take as long
as a server that does not answer.
"""

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Workers(Generic[T]):
    """At most `most` calls at a time, begun in the order in which they were asked for."""

    def __init__(self, most: int) -> None:
        self._jobs: SimpleQueue[tuple[Future[T], Callable[..., T], tuple[Any, ...]]] = SimpleQueue()
        self._more = most

    def submit(self, call: Callable[..., T], *arguments: Any) -> Future[T]:  # noqa: ANN401
        """Has `call` called; a result that is cancelled before its turn is not begun."""
        job: Future[T] = Future()
        self._jobs.put((job, call, arguments))
        if self._more:
            self._more -= 1
            Thread(target=self._work, name="objects", daemon=True).start()
        return job

    def _work(self) -> None:
        while True:
            job, call, arguments = self._jobs.get()
            if not job.set_running_or_notify_cancel():
                continue
            try:
                job.set_result(call(*arguments))
            except BaseException as error:  # noqa: BLE001  whoever asked gets it
                job.set_exception(error)
            del job, call, arguments  # else an idle thread keeps what it fetched last
