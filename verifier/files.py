"""The files of a log in the layout of c2sp.org/tlog-tiles."""

import re
from collections.abc import Iterator
from pathlib import Path

WIDTH = 256
_PARTIAL = re.compile(r"(?P<tile>.+)\.p/(?P<width>[1-9][0-9]{0,2})")


class LayoutError(ValueError):
    """A file's content does not have the shape that its path promises."""


def tile_name(level: int | str, index: int, width: int = WIDTH) -> str:
    """`tile/0/x001/x234/067`, with `.p/<width>` for a partial tile."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{path}" + ("" if width == WIDTH else f".p/{width}")


def split_entries(data: bytes, width: int) -> list[bytes]:
    """Exactly `width` entries, each after its length in 16 bits; LayoutError otherwise."""
    entries: list[bytes] = []
    rest = memoryview(data)
    while len(rest) > 1:
        length = int.from_bytes(rest[:2], "big")
        entries.append(bytes(rest[2 : 2 + length]))
        if len(rest) < 2 + length:
            break
        rest = rest[2 + length :]
    if len(rest) or len(entries) != width:
        message = f"{len(entries)} entries and {len(rest)} bytes left over, {width} were due"
        raise LayoutError(message)
    return entries


def split_hashes(data: bytes, width: int) -> list[bytes]:
    """Exactly `width` hashes of 32 bytes; LayoutError otherwise."""
    if len(data) != 32 * width:
        message = f"{len(data)} bytes, {32 * width} were due"
        raise LayoutError(message)
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def extra_files(directory: Path, expected: set[str]) -> Iterator[tuple[str, str | None]]:
    """(file, full or wider file that must begin with it) of every file not in `expected`.

    The second is None when no log of this size has such a file. Older partial tiles are allowed
    to stay, but only as beginnings of what is published now.
    """
    for path in sorted((directory / "tile").rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_dir() or name in expected:
            continue
        match = _PARTIAL.fullmatch(name)
        tile = match["tile"] if match else name
        wider = [other for other in expected if other.split(".p/")[0] == tile]
        yield name, wider[0] if match and wider else None
