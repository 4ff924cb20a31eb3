import re
from pathlib import Path

from hemoscope.audit.checks import CHECKS

PAGE = Path(__file__).parents[2] / "docs" / "audit-checks.md"


def test_every_check_has_its_section_and_no_other_stands_there() -> None:
    assert re.findall(r"^## (CELL\d{3}) ", PAGE.read_text(), re.MULTILINE) == list(CHECKS)


def test_every_section_shows_an_example() -> None:
    sections = re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]
    assert [section[:7] for section in sections if "\n> " not in section] == []
