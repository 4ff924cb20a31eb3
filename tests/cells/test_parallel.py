import threading
import time

import pytest

from hemoscope.cells.parallel import default_workers, map_in_order


def test_results_come_in_order_though_work_ends_out_of_order():
    def slow_if_even(i: int) -> int:
        time.sleep(0.01 if i % 2 == 0 else 0)
        return i * i

    assert list(map_in_order(slow_if_even, range(20), workers=4)) == [i * i for i in range(20)]


def test_no_more_is_begun_than_the_consumer_can_hold():
    begun: list[int] = []
    results = map_in_order(lambda i: begun.append(i) or i, range(100), workers=2)
    assert next(results) == 0
    time.sleep(0.05)
    assert len(begun) <= 4
    results.close()


def test_closing_stops_the_threads():
    before = threading.active_count()
    results = map_in_order(lambda i: i, range(100), workers=3)
    next(results)
    results.close()
    assert threading.active_count() == before


def test_an_exception_comes_up_in_its_place():
    results = map_in_order(lambda i: 1 // (2 - i), range(5), workers=2)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_default_workers_is_a_sensible_number():
    assert 1 <= default_workers() <= 16
