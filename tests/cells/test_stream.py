import numpy as np

from hemoscope.cells import decode_image, fit_to, read_cells


def test_batches_follow_the_table(cells):
    batches = list(read_cells(cells, 16, batch=4, workers=2))
    assert [batch.rows.tolist() for batch in batches] == [[0, 1, 2, 3], [4, 5]]
    for batch in batches:
        assert batch.pixels.shape == (len(batch.rows), 16, 16, 3)
        for row, pixels in zip(batch.rows, batch.pixels, strict=True):
            whole = decode_image(cells.file(row).read_bytes())
            np.testing.assert_array_equal(pixels, fit_to(whole, 16))


def test_unreadable_cells_are_reported_and_stop_nothing(cells):
    cells.file(1).write_text("not a cell")
    cells.file(2).unlink()
    cells.file(5).write_bytes(b"")
    batches = list(read_cells(cells, 8, batch=3))
    assert [batch.rows.tolist() for batch in batches] == [[0], [3, 4]]
    failures = [failure for batch in batches for failure in batch.failures]
    assert [(each.row, each.path) for each in failures] == [
        (1, "basophil/BA_1.png"),
        (2, "basophil/BA_2.png"),
        (5, "eosinophil/EO_2.png"),
    ]
    assert [each.cause for each in failures] == [
        "the content is no image of a kind that is read (JPEG, PNG, WebP, BMP, TIFF)",
        "there is no such file",
        "the file is empty (0 bytes)",
    ]


def test_a_batch_may_be_all_unreadable(cells):
    for row in range(3):
        cells.file(row).unlink()
    first, second = read_cells(cells, 8, batch=3)
    assert first.pixels.shape == (0, 8, 8, 3)
    assert len(first.failures) == 3
    assert second.rows.tolist() == [3, 4, 5]


def test_workers_and_batches_change_nothing(cells):
    one = np.concatenate([each.pixels for each in read_cells(cells, 10, batch=1, workers=1)])
    many = np.concatenate([each.pixels for each in read_cells(cells, 10, batch=64, workers=4)])
    np.testing.assert_array_equal(one, many)
