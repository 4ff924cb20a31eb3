"""Cells in parcels of a limited size, to take them to a machine that nothing but files reaches.

    python -m study.parcels pack --cells pbc/manifest.csv --out parcels --megabytes 60
    python -m study.parcels unpack parcels/part-*.zip --out pbc

Parcels can be unpacked together or one by one, in any order; the last one brings the manifest with
its columns, masks left out. Images travel as they are, or, with `--size`, brought to that many
pixels along the longer side and encoded anew as WebP: smaller, no longer the same pixels, and under
the same names, so that results of both can be joined.
"""

import argparse
import io
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path, PurePosixPath

from PIL import Image

from hemoscope.cells import CellTable, open_cells, read_cell
from hemoscope.cells.reading import read_file
from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.files import replacing
from study.commands import leave

MANIFEST = "manifest.csv"
QUALITY = 95
MEGABYTE = 2**20
OVERHEAD = 256  # bytes that a zip file spends on an entry besides its names, generously


class ParcelError(HemoscopeError):
    """Cells that cannot be packed, or parcels that cannot be unpacked."""


def pack(table: CellTable, out: Path, *, megabytes: float, size: int | None = None) -> list[Path]:
    """Writes part-01.zip, part-02.zip, … and returns them.

    Args:
        table: Cells in image files below the table's own folder.
        out: A folder; made if need be.
        megabytes: Most bytes of a parcel, in units of 2^20.
        size: Longer side of the images in pixels; None leaves them as they are.

    Raises:
        ParcelError: A cell lies elsewhere, is in an array file, or is larger than a parcel.
        UnreadableImageError: A file cannot be read.
    """
    if any(out.glob("part-*.zip")):
        raise ParcelError(f"{out} holds parcels already. Remove them, or name another folder.")
    out.mkdir(parents=True, exist_ok=True)
    manifest = table.frame.drop(columns="mask", errors="ignore").to_csv(index=False).encode()
    entries = chain(_images(table, size), [(MANIFEST, manifest)])
    written = []
    for place, part in enumerate(_shared_out(entries, int(megabytes * MEGABYTE)), start=1):
        file = out / f"part-{place:02d}.zip"
        # Images are compressed already: to store them is as small, and faster.
        with replacing(file, ParcelError) as draft, zipfile.ZipFile(draft, "w") as parcel:
            for name, data in part:
                parcel.writestr(name, data)
        written.append(file)
    return written


def unpack(parcels: list[Path], out: Path) -> tuple[int, int | None]:
    """Unpacks parcels beside what is there already.

    Args:
        parcels: Some or all of those that `pack` wrote.
        out: A folder; made if need be.

    Returns:
        How many images are there, and how many there will be; None before the last parcel is.

    Raises:
        ParcelError: A file is no parcel, or is damaged.
    """
    out.mkdir(parents=True, exist_ok=True)
    for file in parcels:
        try:
            with zipfile.ZipFile(file) as parcel:
                parcel.extractall(out)
        except (OSError, zipfile.BadZipFile) as error:
            raise ParcelError(f"{file} cannot be unpacked ({error}). Fetch it again.") from error
    if not (out / MANIFEST).is_file():
        return sum(one.is_file() for one in out.rglob("*")), None
    table = open_cells(out / MANIFEST)
    there = sum(table.file(row).is_file() for row in range(len(table)))
    return there, len(table)


def _images(table: CellTable, size: int | None) -> Iterator[tuple[str, bytes]]:
    for row in range(len(table)):
        name = PurePosixPath(str(table.paths[row]))
        if str(name) in table.arrays:
            raise ParcelError("cells in an array file (.npz) are one file already: take that.")
        if name.is_absolute() or ".." in name.parts:
            raise ParcelError(
                f"{name} does not lie below the manifest. Put the manifest into a folder above its "
                "images, with their paths from there."
            )
        yield str(name), _encoded(table, row, size)


def _encoded(table: CellTable, row: int, size: int | None) -> bytes:
    if size is None:
        return read_file(table.file(row))
    image = Image.fromarray(read_cell(table, row))
    image.thumbnail((size, size), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=QUALITY)
    return buffer.getvalue()


def _shared_out(
    entries: Iterable[tuple[str, bytes]], limit: int
) -> Iterator[list[tuple[str, bytes]]]:
    """The entries in order, in parts of at most `limit` bytes each."""
    part: list[tuple[str, bytes]] = []
    used = OVERHEAD
    for name, data in entries:
        # A name stands in a zip file twice.
        takes = len(data) + 2 * len(name.encode()) + OVERHEAD
        if OVERHEAD + takes > limit:
            raise ParcelError(
                f"{name} alone takes {takes:,} bytes and a parcel may have {limit:,}. Allow more "
                "--megabytes, or make images smaller by --size."
            )
        if part and used + takes > limit:
            yield part
            part, used = [], OVERHEAD
        part.append((name, data))
        used += takes
    yield part


def main() -> int:
    """Packs or unpacks."""
    options = _options()
    if options.step == "pack":
        if options.size is not None and options.size < 1:
            raise UsageError(f"--size is a number of pixels from 1 up, not {options.size}.")
        table = open_cells(options.cells)
        for file in pack(table, options.out, megabytes=options.megabytes, size=options.size):
            print(f"{file}  {file.stat().st_size / MEGABYTE:.1f} MiB")
        return 0
    there, wanted = unpack(options.parcels, options.out)
    if wanted is None:
        print(f"{there:,} images are there; the manifest comes with the last parcel.")
    elif there < wanted:
        print(f"{there:,} of {wanted:,} images are there; the others are in other parcels.")
    else:
        print(f"all {wanted:,} cells → {options.out / MANIFEST}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Cells in parcels, for another machine.")
    steps = parser.add_subparsers(dest="step", required=True)
    packing = steps.add_parser("pack", help="write parcels")
    packing.add_argument("--cells", required=True, help="manifest above its images")
    packing.add_argument("--out", type=Path, required=True, help="folder of parcels")
    packing.add_argument("--megabytes", type=float, default=60, help="most of one parcel (2^20)")
    packing.add_argument("--size", type=int, help="longer side in pixels; else as they are")
    unpacking = steps.add_parser("unpack", help="unpack some or all of them")
    unpacking.add_argument("parcels", type=Path, nargs="+")
    unpacking.add_argument("--out", type=Path, required=True, help="folder of cells")
    return parser.parse_args()


if __name__ == "__main__":
    leave(main)
