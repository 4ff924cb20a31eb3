"""One thread for each worker."""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

from hemoscope.audit.extra import opencv


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Keeps the libraries that workers call from starting threads of their own.

    Several workers already keep the processors busy. Where each multiplies small matrices with as
    many threads again, these wait for each other, and do so by spinning.

    Raises:
        MissingExtraError: OpenCV is not installed.
    """
    cv2 = opencv()
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with threadpool_limits(1, user_api="blas"):
            yield
    finally:
        cv2.setNumThreads(before)
