import io
import re
import struct
import warnings

import numpy as np
import pytest
from PIL import Image

from hemoscope.cells import UnreadableImageError, decode_image, fit_to
from hemoscope.cells.decode import decode_with_header

from .conftest import encoded, smooth

KINDS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
LOSSLESS = (("PNG", {}), ("WEBP", {"lossless": True}), ("BMP", {}), ("TIFF", {}))
CORNER = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [9, 99, 199]]], dtype=np.uint8)


def cause_of(data: bytes, **options) -> str:
    with pytest.raises(UnreadableImageError) as caught:
        decode_image(data, **options)
    return caught.value.cause


@pytest.mark.parametrize(("kind", "options"), LOSSLESS)
def test_lossless_kinds_give_the_very_pixels(kind, options):
    pixels = smooth(31, 17)
    decoded = decode_image(encoded(Image.fromarray(pixels), kind, **options))
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(decoded, pixels)


def test_jpeg_is_near_the_original():
    pixels = smooth(64, 48)
    decoded = decode_image(encoded(Image.fromarray(pixels), "JPEG", quality=95))
    assert decoded.shape == pixels.shape
    assert np.abs(decoded.astype(int) - pixels).mean() < 3


@pytest.mark.parametrize("kind", KINDS)
def test_header_names_the_format_by_content(kind):
    _, header = decode_with_header(encoded(Image.fromarray(smooth(6, 9)), kind))
    assert (header.format.upper(), header.mode) == (kind, "RGB")
    assert (header.width, header.height) == (9, 6)


def test_pixels_are_writable_and_own_their_memory():
    decoded = decode_image(encoded(Image.fromarray(smooth(5, 5))))
    decoded[:] = 0
    assert decoded.flags.c_contiguous


def test_a_single_pixel_is_an_image():
    assert decode_image(encoded(Image.new("RGB", (1, 1), (1, 2, 3)))).tolist() == [[[1, 2, 3]]]


UPRIGHT = {
    1: CORNER,
    2: CORNER[:, ::-1],
    3: CORNER[::-1, ::-1],
    4: CORNER[::-1],
    5: CORNER.transpose(1, 0, 2),
    6: np.rot90(CORNER, -1),
    7: CORNER[::-1, ::-1].transpose(1, 0, 2),
    8: np.rot90(CORNER),
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize(("kind", "options"), [LOSSLESS[0], LOSSLESS[1], LOSSLESS[3]])
def test_exif_orientation_is_applied_once(kind, options, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(CORNER), kind, exif=exif, **options)
    np.testing.assert_array_equal(decode_image(data), UPRIGHT[orientation])


def test_damaged_exif_leaves_the_picture_as_it_is():
    data = encoded(Image.fromarray(CORNER), "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7fnonsense")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.testing.assert_array_equal(decode_image(data), CORNER)


def test_first_frame_of_an_animation_and_first_page_of_a_tiff():
    frames = [Image.fromarray(smooth(8, 8, seed)) for seed in (1, 2)]
    for kind, options in (("WEBP", {"lossless": True}), ("TIFF", {}), ("PNG", {})):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
        np.testing.assert_array_equal(decode_image(data), smooth(8, 8, 1), err_msg=kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("kept", [0.15, 0.5, 0.9])
def test_cut_files_say_so(kind, kept):
    data = encoded(Image.fromarray(smooth(200, 200)), kind)
    cause = cause_of(data[: int(len(data) * kept)])
    assert cause == "the file ends in the middle of the image (truncated)"


def test_other_things_named_jpg_say_what_they_are():
    assert cause_of(b"") == "the file is empty (0 bytes)"
    assert cause_of(b"Dear haematologist,") == (
        "the content is no image of a kind that is read (JPEG, PNG, WebP, BMP, TIFF)"
    )
    assert "no image of a kind" in cause_of(encoded(Image.new("L", (9, 9)), "GIF"))


def huge_png(width: int, height: int) -> bytes:
    """A PNG whose header announces a size; there is next to nothing behind it."""
    data = bytearray(encoded(Image.new("L", (1, 1))))
    data[16:24] = struct.pack(">II", width, height)
    import zlib

    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    return bytes(data)


@pytest.mark.parametrize("side", [8193, 10_000, 30_000])
def test_too_many_pixels_are_refused_before_decoding(side):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        cause = cause_of(huge_png(side, side))
    assert cause.startswith(f"{side} x {side} pixels are more than the limit of 67,108,864")
    assert not caught


def test_a_large_webp_is_refused():
    data = encoded(Image.new("RGB", (1600, 420)), "WEBP")
    assert "1600 x 420 pixels are more than the limit" in cause_of(data, max_pixels=600_000)


def test_the_limit_is_the_callers():
    data = encoded(Image.new("RGB", (10, 10)))
    assert decode_image(data, max_pixels=100).shape == (10, 10, 3)
    assert "more than the limit of 99" in cause_of(data, max_pixels=99)


def test_a_jpeg_of_thousands_of_scans_is_refused_before_decoding():
    data = encoded(Image.new("L", (800, 800), 128), "JPEG", progressive=True)
    start, end = data.rindex(b"\xff\xda"), data.rindex(b"\xff\xd9")
    assert decode_image(data[:start] + data[start:end] * 50 + data[end:]).shape == (800, 800, 3)
    cause = cause_of(data[:start] + data[start:end] * 3000 + data[end:])
    assert re.fullmatch(
        r"the JPEG has 3,00\d scans, more than the limit of 100; save it again", cause
    )


def test_large_jpegs_are_decoded_small_but_look_the_same():
    data = encoded(Image.fromarray(smooth(1600, 1200)), "JPEG", quality=95)
    small = decode_image(data, for_size=100)
    assert small.shape == (400, 300, 3)
    difference = fit_to(small, 100).astype(int) - fit_to(decode_image(data), 100)
    assert np.abs(difference).max() <= 3


@pytest.mark.parametrize("side", [100, 199, 399])
def test_small_jpegs_are_decoded_whole(side):
    data = encoded(Image.fromarray(smooth(side, side)), "JPEG")
    np.testing.assert_array_equal(decode_image(data, for_size=100), decode_image(data))


def mutated(data: bytes, seed: int) -> bytes:
    """The same file with some bytes changed, most near its beginning, but not its signature."""
    generator = np.random.default_rng(seed)
    changed = np.frombuffer(data, dtype=np.uint8).copy()
    count = generator.integers(1, 12)
    places = 12 + ((len(changed) - 12) * generator.random(count) ** 3).astype(int)
    changed[places] = generator.integers(0, 256, count)
    if seed % 4 == 0:
        changed = np.delete(changed, places)
    return changed.tobytes()


def samples() -> list[bytes]:
    picture = Image.fromarray(smooth(40, 40))
    exif = Image.Exif()
    exif[0x0112] = 6
    return [
        encoded(picture, "JPEG", exif=exif, progressive=True),
        encoded(picture, "PNG", exif=exif),
        encoded(picture.convert("P"), "PNG"),
        encoded(picture, "WEBP", exif=exif),
        encoded(picture, "BMP"),
        encoded(picture, "TIFF"),
        encoded(picture, "TIFF", compression="tiff_lzw"),
        encoded(picture.convert("CMYK"), "TIFF", compression="jpeg"),
    ]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("sample", range(8))
def test_damaged_files_give_pixels_or_the_one_error(sample):
    data = samples()[sample]
    causes = []
    for seed in range(100):
        try:
            pixels = decode_image(mutated(data, seed), max_pixels=10**6)
        except UnreadableImageError as error:
            causes.append(error.cause)
        else:
            assert pixels.dtype == np.uint8
            assert pixels.ndim == 3
            assert pixels.shape[2] == 3
    assert causes
    assert all(cause and "\n" not in cause for cause in causes)


def test_the_message_names_the_path_where_it_is_known():
    assert str(UnreadableImageError("broken")) == "the image cannot be read: broken."
    assert str(UnreadableImageError("broken", "a/b.png")) == "a/b.png: broken."


def test_bytes_behind_the_image_do_no_harm():
    data = encoded(Image.fromarray(CORNER), "PNG") + b"trailing bytes"
    np.testing.assert_array_equal(decode_image(data), CORNER)
    assert Image.open(io.BytesIO(data)).size == (2, 2)
