from argparse import Namespace
from pathlib import Path

import pytest
import study.commands

from study import shipped


def test_a_cut_table_is_not_calibrated_on(tmp_path, monkeypatch):
    options = Namespace(
        work=tmp_path, cells=Path("pbc.csv"), munich=Path("munich"), run=tmp_path / "run"
    )
    for name in ("bundle", "no-cells"):
        (tmp_path / name).mkdir()
    called: list[tuple[str, ...]] = []

    def killed(*arguments: str | Path, capture: bool = False) -> str:
        called.append(tuple(map(str, arguments)))
        out = Path(arguments[arguments.index("--out") + 1])
        out.parent.mkdir(exist_ok=True)
        out.write_text("half of a table")
        raise KeyboardInterrupt

    for module in (study.commands, shipped):
        monkeypatch.setattr(module, "hemoscope", killed)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            shipped.make(options)
    assert not list(tmp_path.glob("*.parquet"))
    assert called[0] == called[1]
    expected = ("predict", "pbc.csv", "--split-column", "clean_split", "--use", "val", "--features")
    assert called[0][:7] == expected
