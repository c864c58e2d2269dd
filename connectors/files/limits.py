"""How much of a file anybody may make us read, hold or unpack."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps and sizes in bytes, unless said otherwise."""

    line: int = 1 << 20  # content of one line, without its line end
    ratio: int = 200  # decoded to compressed bytes...
    ratio_after: int = 16 << 20  # ...judged once this much was decoded
    total: int = 1 << 42  # decoded bytes of one file, or of all members of one archive
    members: int = 10_000  # members of an archive, or of a concatenated gzip, zstd, bzip2 or xz
    block: int = 4 << 20  # a block is handed out once it holds this much
    head: int = 64 << 10  # what detection may look at
