import re
from pathlib import Path

from hemoscope.audit.checks import CHECKS

PAGE = Path(__file__).parents[2] / "docs" / "audit-checks.md"


def test_every_check_has_its_section_and_no_other_stands_there() -> None:
    assert re.findall(r"^## (CELL\d{3}) ", PAGE.read_text(), re.MULTILINE) == list(CHECKS)
