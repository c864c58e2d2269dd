"""The members of a zip or tar, one by one, as Streams."""

from collections.abc import Iterator

from connectors.files.codecs import Codec
from connectors.files.decode import decode
from connectors.files.ending import Ending
from connectors.files.limits import Limits
from connectors.files.members import MemberStream, is_zip, skipped
from connectors.files.notice import Notice
from connectors.files.raw import Raw, why
from connectors.files.reading import Stream
from connectors.files.tarball import Tar
from connectors.files.zipped import ZipError, content, entries


def archive_streams(
    raw: Raw, path: str, codec: Codec | None, limits: Limits, ending: Ending
) -> Iterator[Stream | Notice]:
    """The members of the zip or tar in `raw`, which is closed at the end.

    `ending` is of the first look at the file, which found `codec` around it.
    """
    try:
        if raw.size is None:
            message = "an archive cannot be checked while it streams by; save it to a file first"
            yield Notice(path, "error", "refused", message)
            return
        yield from (notice for notice in ending.notices if notice.reason == "name")
        if is_zip(raw.at(0, 4)):
            yield from _zip(raw, path, limits)
        else:
            yield from _tar(raw, path, codec, limits)
    finally:
        raw.close()


def _zip(raw: Raw, path: str, limits: Limits) -> Iterator[Stream | Notice]:
    try:
        found = entries(raw, limits)
    except ZipError as error:
        yield Notice(path, "error", error.reason, str(error))
        return
    except OSError as error:
        yield Notice(path, "error", *why(error))
        return
    if all(entry.member.folder for entry in found):
        yield Notice(path, "error", "empty", "archive holds no files")
    raw.rewind(muted=False)
    for entry in found:
        if entry.member.folder:
            continue
        notice = skipped(path, entry.member)
        if notice is not None:
            yield notice
            continue
        maker = MemberStream(path, "zip", limits, packed=entry.method != 0)
        ending = Ending(f"{path}!{entry.member.name}")
        yield from _member(maker.open(entry.member, content(raw, entry, limits, ending), ending))
    raw.advance_to_end()


def _tar(raw: Raw, path: str, codec: Codec | None, limits: Limits) -> Iterator[Stream | Notice]:
    """Reads the archive twice: its members are used only if the whole is undamaged."""
    ending, tar = _rewound(raw, path, codec, limits, muted=True)
    count = total = 0
    for count, member in enumerate(tar, 1):
        total += member.size
        if count > limits.members:
            ending.stop("failed", "refused", f"more than {limits.members} members; unpack it first")
            break
        if total > limits.total:
            ending.stop("failed", "refused", f"holds more than {limits.total} bytes; split it")
            break
    raw.finish(ending)
    first = raw.digest.hexdigest()
    if count == 0 and ending.state == "complete":
        ending.stop("partial", "empty", "archive holds no files")
    yield from ending.notices
    if ending.state == "failed":
        return
    cut = ending.state == "partial"
    ending, tar = _rewound(raw, path, codec, limits, muted=False)
    kind = f"tar+{codec.name}" if codec else "tar"
    maker = MemberStream(path, kind, limits, packed=codec is not None)
    for member in tar:
        if member.folder:
            continue
        notice = skipped(path, member)
        if notice is not None:
            yield notice
            continue
        own = Ending(f"{path}!{member.name}")
        yield from _member(maker.open(member, _tar_content(tar, ending, own), own))
    raw.finish(ending)
    if raw.digest.hexdigest() != first or (not cut and ending.state != "complete"):
        yield Notice(path, "error", "corrupt", "changed while it was read; scan it again")


def _member(opened: Stream | Notice) -> Iterator[Stream | Notice]:
    yield opened
    if isinstance(opened, Stream):
        opened.outcome()  # drains it: what follows must not be taken for its content


def _tar_content(tar: Tar, archive: Ending, own: Ending) -> Iterator[bytes]:
    yield from tar.content()
    if not tar.whole:
        message = "archive ends inside this member; fetch it again"
        if archive.state == "failed":
            own.stop("failed", "corrupt", message)
        else:
            own.stop("partial", "truncated", message)


def _rewound(
    raw: Raw, path: str, codec: Codec | None, limits: Limits, *, muted: bool
) -> tuple[Ending, Tar]:
    raw.rewind(muted=muted)
    ending = Ending(path)
    pieces = raw.pieces(ending)
    return ending, Tar(decode(codec, pieces, limits, ending) if codec else pieces, ending)
