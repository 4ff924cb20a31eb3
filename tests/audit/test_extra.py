import sys

import pytest

from hemoscope.audit.extra import faiss, opencv
from hemoscope.errors import MissingExtraError


@pytest.mark.parametrize(("name", "opened"), [("cv2", opencv), ("faiss", faiss)])
def test_what_is_missing_is_said_with_how_to_get_it(monkeypatch, name, opened) -> None:
    assert opened().__name__ == name
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"hemoscope\[audit\]"):
        opened()
