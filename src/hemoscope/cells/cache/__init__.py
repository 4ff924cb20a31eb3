"""`PixelCache`: decoded cells on disk, so that later epochs read no image file.

Under the cache's folder, one version of the format has

    index.sqlite        which content stands in which slot, for each size; and which file, by path,
                        length and time of change, has which content; and a random name for the
                        pixels of each size, a new one after pixels were lost
    pixels-<size>.u8    the slots, one after the other: size x size x 3 bytes each

Pixels are keyed by content, so the same cell under another name or in another split is stored
once. A writer holds the index's lock (SQLite's, between processes) while it appends: pixels first,
flushed to the disk, then the index in one transaction. Killed at any moment, it leaves at most
pixels that no index covers, and the next writer overwrites those. A writer whose pixels somebody
deletes or cuts meanwhile stops with an error: its file is shorter than the index says, or has
another name by then, and the slots that the writer remembers may hold other cells.
"""

from hemoscope.cells.cache.cache_error import CacheError
from hemoscope.cells.cache.cached_pixels import CachedPixels
from hemoscope.cells.cache.pixel_cache import PixelCache, default_cache_directory

__all__ = ["CacheError", "CachedPixels", "PixelCache", "default_cache_directory"]
