"""An object read as a file is: in ranges, a few asked for ahead, all of one version."""

from collections import OrderedDict, deque
from concurrent.futures import Future

from connectors.files.found import Found
from connectors.files.notice import Notice
from connectors.files.objects.bucket import Bucket, Part
from connectors.files.raw import Progress, Raw, Stopped

FIRST = 256 << 10  # most objects are no larger; and it tells what an object is
RANGE = 4 << 20
_AHEAD = 2  # ranges of one object that are under way
_WINDOWS = 3  # ranges that an archive's reader may come back to


class FoundObject(Found):
    """An object of a listing. Once reading it failed, it stays failed until it is released.

    Otherwise one look at it might fail and the next succeed, and they would not agree.
    """

    __slots__ = ("_bucket", "_first", "display", "key", "size", "stopped")

    def __init__(self, bucket: Bucket, key: str, size: int) -> None:
        self._bucket = bucket
        self._first: Future[Part] | None = None
        self.key = key
        self.size: int | None = size
        self.display = f"{bucket.url}/{key}"
        self.stopped: Stopped | None = None

    def open(self, progress: Progress | None) -> Raw | Notice:
        """Its bytes, or why the store does not give them."""
        try:
            return _ObjectRaw(self, self.first(), progress)
        except Stopped as error:
            return Notice(self.display, "error", error.reason, error.message)

    def prepare(self) -> None:
        """Asks for its beginning."""
        self._beginning()

    def release(self) -> None:
        """Lets its beginning go, and forgets that reading failed."""
        if self._first is not None:
            self._first.cancel()
        self._first = self.stopped = None

    def first(self) -> Part:
        """Its beginning. Raises Stopped."""
        return self.got(self._beginning())

    def _beginning(self) -> Future[Part]:
        if self._first is None:
            self._first = self.ask(0, min(FIRST, self.size or 0), None)
        return self._first

    def ask(self, start: int, stop: int, like: Part | None) -> Future[Part]:
        """A range of it, in another thread."""
        if start >= stop:  # an empty object has no ranges
            empty: Future[Part] = Future()
            empty.set_result(like or Part(b"", 0, None))
            return empty
        return self._bucket.begin(self.key, start, stop, like)

    def got(self, asked: Future[Part]) -> Part:
        """What was asked for. Raises Stopped, from then on."""
        if self.stopped is None:
            try:
                return asked.result()
            except Stopped as error:
                self.stopped = error
        raise self.stopped


class _ObjectRaw(Raw):
    """The ranges of one object, in order, or from anywhere."""

    def __init__(self, found: FoundObject, first: Part, progress: Progress | None) -> None:
        super().__init__(first.size, progress)
        self._found = found
        self._first = first
        self._size = first.size
        self._asked: deque[Future[Part]] = deque()
        self._windows: OrderedDict[int, bytes] = OrderedDict()
        self._held, self._at, self._due = b"", 0, 0  # _due: the first byte nobody asked for
        self.restart()

    def more(self) -> bytes:
        """The next bytes, at most `step`; none at the end. Raises Stopped."""
        if self._at == len(self._held):
            self._held, self._at = self._next(), 0
        piece = self._held
        if self._at or len(piece) > self.step:
            piece = piece[self._at : self._at + self.step]
        self._at += len(piece)
        return piece

    def at(self, offset: int, size: int) -> bytes:
        """Bytes from anywhere; fewer or none beyond its end. Raises Stopped."""
        stop = min(offset + size, self._size)
        parts = []
        while offset < stop:
            begin = offset // RANGE * RANGE
            piece = self._window(begin)[offset - begin : stop - begin]
            parts.append(piece)
            offset += len(piece)
        return b"".join(parts)

    def restart(self) -> None:
        """From its first byte again; its ranges are fetched again."""
        self._forget()
        self._held, self._at = self._first.data, 0
        self._due = len(self._held)

    def close(self) -> None:
        """Lets go of what was asked for."""
        super().close()
        self._forget()
        self._windows.clear()

    def _next(self) -> bytes:
        while self._due < self._size and len(self._asked) < _AHEAD:
            stop = min(self._due + RANGE, self._size)
            self._asked.append(self._found.ask(self._due, stop, self._first))
            self._due = stop
        return self._found.got(self._asked.popleft()).data if self._asked else b""

    def _window(self, begin: int) -> bytes:
        data = self._windows.pop(begin, None)
        if data is None:
            stop = min(begin + RANGE, self._size)
            data = self._found.got(self._found.ask(begin, stop, self._first)).data
        self._windows[begin] = data
        if len(self._windows) > _WINDOWS:
            self._windows.popitem(last=False)
        return data

    def _forget(self) -> None:
        for future in self._asked:
            future.cancel()
        self._asked.clear()
