"""Thousands of damaged image files through `decode_image`, in a process that may be killed.

    python -m tests.cells.fuzz FIRST LAST

prints one JSON object a file: its number, kind, processor time in seconds, and the cause (null for
pixels). A crash ends the process, a hang is seen by the caller's clock.
"""

import io
import json
import resource
import struct
import sys
import time
import warnings
import zlib
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hemoscope.cells import Frame, UnreadableImageError, decode_image

MEMORY = 3 * 2**30
"""Address space of the process, in bytes: what a file may cost, plus Python and its libraries."""

Mutation = Callable[[bytes, np.random.Generator], bytes]


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@cache
def samples() -> Sequence[tuple[str, bytes]]:
    """Whole files of every kind, depth and colour that people may hand in."""
    rng = np.random.default_rng(0)
    wave = np.sin(np.arange(48)[:, None] / 5) * np.cos(np.arange(52) / 7)
    grey = (127 + 100 * wave + rng.normal(0, 8, wave.shape)).clip(0, 255).astype(np.uint8)
    rgb = Image.fromarray(np.stack([grey, grey[::-1], 255 - grey], axis=-1))
    alpha = rgb.copy()
    alpha.putalpha(Image.fromarray(grey))
    deep = Image.fromarray(grey.astype(np.uint16) * 257)
    cmyk = rgb.convert("CMYK")
    frames = [rgb, rgb.rotate(90), rgb.rotate(180)]
    exif = Image.Exif()
    exif[0x0112] = 6
    return [
        ("jpeg", encoded(rgb, "JPEG", exif=exif)),
        ("jpeg progressive", encoded(rgb, "JPEG", progressive=True)),
        ("jpeg cmyk", encoded(cmyk, "JPEG")),
        ("jpeg grey", encoded(rgb.convert("L"), "JPEG")),
        ("png", encoded(rgb, "PNG", exif=exif)),
        ("png alpha", encoded(alpha, "PNG")),
        ("png palette", encoded(rgb.convert("P"), "PNG")),
        ("png 16", encoded(deep, "PNG")),
        ("png black and white", encoded(rgb.convert("1"), "PNG")),
        ("png animated", encoded(rgb, "PNG", save_all=True, append_images=frames)),
        ("webp", encoded(rgb, "WEBP", exif=exif)),
        ("webp lossless alpha", encoded(alpha, "WEBP", lossless=True)),
        ("webp animated", encoded(rgb, "WEBP", save_all=True, append_images=frames)),
        ("gif", encoded(rgb, "GIF")),
        ("bmp", encoded(rgb, "BMP")),
        ("bmp palette", encoded(rgb.convert("P"), "BMP")),
        ("tiff", encoded(rgb, "TIFF")),
        ("tiff 16", encoded(deep, "TIFF")),
        ("tiff pages", encoded(rgb, "TIFF", save_all=True, append_images=frames)),
        ("tiff alpha", encoded(alpha, "TIFF", compression="tiff_deflate")),
        ("tiff lzw", encoded(rgb, "TIFF", compression="tiff_lzw")),
        ("tiff packbits", encoded(rgb, "TIFF", compression="packbits")),
        ("tiff fax", encoded(rgb.convert("1"), "TIFF", compression="group4")),
        ("tiff fax 3", encoded(rgb.convert("1"), "TIFF", compression="group3")),
        ("tiff jpeg", encoded(rgb, "TIFF", compression="jpeg")),
        ("tiff cmyk jpeg", encoded(cmyk, "TIFF", compression="jpeg")),
        ("tiff lab", encoded(rgb.convert("LAB"), "TIFF", compression="tiff_lzw")),
        ("zip bomb png", _bomb()),
        ("huge png", _png_header(2**31 - 1, 2**31 - 1)),
        ("tall tiff", encoded(Image.new("L", (1, 60_000)), "TIFF", compression="tiff_lzw")),
    ]  # fmt: skip


def _png_header(width: int, height: int, data: bytes = b"") -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _bomb() -> bytes:
    """A small PNG whose text and pixels unpack to hundreds of megabytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(2**20)) for _ in range(200)) + packer.flush()
    whole = _png_header(8000, 8000, packed)
    text = b"zTXt" + b"k\0\0" + packed
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    return whole[:33] + chunk + whole[33:]


def _cut(data: bytes, rng: np.random.Generator) -> bytes:
    return data[: int(rng.integers(0, len(data)))]


def _flip(data: bytes, rng: np.random.Generator) -> bytes:
    changed = np.frombuffer(data, np.uint8).copy()
    for place in rng.integers(0, len(data), int(rng.integers(1, 9))):
        changed[place] ^= 1 << int(rng.integers(0, 8))
    return changed.tobytes()


def _near_the_head(data: bytes, rng: np.random.Generator) -> bytes:
    changed = np.frombuffer(data, np.uint8).copy()
    count = int(rng.integers(1, 6))
    changed[_places(changed, rng, count)] = rng.integers(0, 256, count)
    return changed.tobytes()


def _places(data: NDArray[np.uint8], rng: np.random.Generator, count: int) -> NDArray[np.intp]:
    return (4 + (len(data) - 4) * rng.random(count) ** 4).astype(int)


def _large_numbers(data: bytes, rng: np.random.Generator) -> bytes:
    """Sizes, offsets and counts of many gigabytes, or of nothing."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        place = int(rng.integers(4, max(5, min(len(data) - 4, 400))))
        value = (0, 1, 0xFFFF, 2**31 - 1, 2**32 - 1, 100_000_000)[int(rng.integers(6))]
        changed[place : place + 4] = struct.pack("<>"[int(rng.integers(2))] + "I", value)
    return bytes(changed)


def _lose_some(data: bytes, rng: np.random.Generator) -> bytes:
    first, length = int(rng.integers(4, len(data))), int(rng.integers(1, 64))
    return data[:first] + data[first + length :]


def _double_some(data: bytes, rng: np.random.Generator) -> bytes:
    first, length = int(rng.integers(4, len(data))), int(rng.integers(1, 2000))
    return data[:first] + data[first : first + length] * int(rng.integers(2, 30)) + data[first:]


def _tail_of_tiff(data: bytes, rng: np.random.Generator) -> bytes:
    """Tags of TIFF stand at the end: values among them changed for small and large ones."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        place = int(rng.integers(max(4, len(data) - 260), max(5, len(data) - 3)))
        value = (0, 1, 2, 3, 4, 5, 6, 7, 8, 50_000, 2**16 - 1, 2**26)[int(rng.integers(12))]
        changed[place : place + 4] = struct.pack("<I", value)
    return bytes(changed)


def _wrong_head(data: bytes, rng: np.random.Generator) -> bytes:
    other = samples()[int(rng.integers(len(samples())))][1]
    size = int(rng.integers(2, 64))
    return other[:size] + data[size:]


MUTATIONS: Sequence[Mutation] = (
    *(_cut, _flip, _near_the_head, _large_numbers, _lose_some, _double_some, _tail_of_tiff),
    _wrong_head,
)


def mutant(number: int) -> tuple[str, bytes]:
    """The damaged file of a number: what it was, and its bytes."""
    rng = np.random.default_rng(number)
    kind, data = samples()[number % len(samples())]
    if number < len(samples()):
        return f"{kind}, whole", data
    mutation = MUTATIONS[number // len(samples()) % len(MUTATIONS)]
    return f"{kind},{mutation.__name__.replace('_', ' ')}", mutation(data, rng)


def try_one(number: int) -> dict[str, object]:
    kind, data = mutant(number)
    frame, cause = Frame(64, "cell"), None
    start = time.process_time()
    try:
        pixels = frame.of(decode_image(data, for_size=frame.decoded_for))
    except UnreadableImageError as error:
        cause = error.cause
    else:
        assert pixels.shape == (64, 64, 3)
        assert pixels.dtype == np.uint8
    seconds = time.process_time() - start
    return {"number": number, "kind": kind, "seconds": round(seconds, 3), "cause": cause}


def main(first: int, last: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")  # Pillow's remarks on damaged tags
    for number in range(first, last):
        print(json.dumps(try_one(number)), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"peak_kilobytes": peak}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
