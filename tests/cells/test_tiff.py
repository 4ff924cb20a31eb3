"""TIFF files that would cost minutes."""

import io
import struct
import time

import numpy as np
import pytest
from PIL import Image

from hemoscope.cells import UnreadableImageError, decode_image

from .conftest import encoded, smooth

TILE_WIDTH, TILE_LENGTH, TILE_OFFSETS, ROWS_PER_STRIP = 322, 323, 324, 278


def with_tags(data: bytes, tags: dict[int, int]) -> bytes:
    """The file with values of tags written over others that nothing depends on, or over them."""
    changed = bytearray(data)
    start = struct.unpack_from("<I", changed, 4)[0]
    entries = [start + 2 + 12 * i for i in range(struct.unpack_from("<H", changed, start)[0])]
    places = {struct.unpack_from("<H", changed, place)[0]: place for place in entries}
    spare = [places[tag] for tag in (317, 339, 284, 530, 532) if tag in places]
    for tag, value in tags.items():
        place = places.get(tag) or spare.pop()
        struct.pack_into("<HHII", changed, place, tag, 4, 1, value)
    return bytes(changed)


def cause_of(data: bytes) -> str:
    start = time.process_time()
    with pytest.raises(UnreadableImageError) as caught:
        decode_image(data)
    assert time.process_time() - start < 1
    return caught.value.cause


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt"])
def test_fax_is_not_read(compression: str):
    picture = Image.fromarray(smooth(40, 40)).convert("1")
    assert f"compression {compression} is not read" in cause_of(
        encoded(picture, "TIFF", compression=compression)
    )


@pytest.mark.parametrize("compression", ["raw", "packbits", "tiff_lzw", "tiff_deflate", "jpeg"])
def test_what_microscopes_write_is_read(compression: str):
    decoded = decode_image(
        encoded(Image.fromarray(smooth(40, 50)), "TIFF", compression=compression)
    )
    assert np.abs(decoded.astype(int) - smooth(40, 50)).mean() < 3


def _tiled(width: int, height: int, tile: tuple[int, int]) -> bytes:
    """An uncompressed grey picture of which the tags say that it is tiled."""
    buffer = io.BytesIO()
    image = Image.new("L", (width, height))
    image.save(buffer, "TIFF", tiffinfo={317: 1, 339: 1, 284: 1})
    return with_tags(buffer.getvalue(), {TILE_WIDTH: tile[0], TILE_LENGTH: tile[1]})


def test_a_tile_far_larger_than_the_picture_is_refused():
    assert "3,489,660,876 pixels, more than the limit of 67,108,864" in cause_of(
        _tiled(52, 48, (2, 2**26 - 1))
    )


def test_millions_of_tiles_are_refused():
    assert "4,000,000 strips or tiles" in cause_of(_tiled(2000, 2000, (1, 1)))


def test_a_strip_for_each_of_very_many_lines_is_refused():
    tall = with_tags(encoded(Image.new("L", (1, 70_000)), "TIFF"), {ROWS_PER_STRIP: 1})
    assert "70,000 strips or tiles" in cause_of(tall)
