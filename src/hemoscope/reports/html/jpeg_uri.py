"""A picture as text, so that it travels inside the page."""

import base64
import io

from PIL import Image

QUALITY = 80


def jpeg_uri(pixels: "Image.SupportsArrayInterface", quality: int = QUALITY) -> str:
    """(h, w, 3) uint8 RGB → a data URI of a JPEG.

    Args:
        pixels: The picture.
        quality: Of the JPEG, 1 to 95.
    """
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
