from hemoscope.reports.html.provenance import provenance_table


def test_nested_values_get_dotted_names() -> None:
    table = provenance_table(
        {"model": "a", "versions": {"numpy": "2"}, "seeds": [1, 2], "git": None}
    )
    assert table.rows == (("model", "a"), ("versions.numpy", "2"), ("seeds", "1, 2"), ("git", ""))


def test_nothing_known_gives_no_rows() -> None:
    assert provenance_table({}).rows == ()
