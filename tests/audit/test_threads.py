"""Workers get one thread each, and the libraries their own number back."""

import pytest
from threadpoolctl import threadpool_info

from hemoscope.audit.threads import one_thread_each

cv2 = pytest.importorskip("cv2")


def _blas() -> list[int]:
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_the_libraries_have_one_thread_inside_and_theirs_again_after() -> None:
    before = _blas(), cv2.getNumThreads()
    with one_thread_each():
        assert set(_blas()) == {1}
        assert cv2.getNumThreads() == 1
    assert (_blas(), cv2.getNumThreads()) == before


def test_an_error_inside_gives_the_threads_back() -> None:
    before = _blas(), cv2.getNumThreads()
    with pytest.raises(RuntimeError, match="inside"), one_thread_each():
        raise RuntimeError("inside")
    assert (_blas(), cv2.getNumThreads()) == before
