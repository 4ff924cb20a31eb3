"""Tables of Markdown, figures as the pages write them, and the blocks that are generated."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

MARKED = re.compile(r"<!-- table (?P<name>[\w-]+) -->\n.*?<!-- end -->", re.DOTALL)
NOTHING = "–"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, align: str) -> str:
    """A table.

    Args:
        head: Titles of the columns.
        rows: As many cells each.
        align: "l" or "r" for each column.
    """
    rules = ["--:" if side == "r" else "---" for side in align]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rules, *rows))


def number(value: float | None, form: str = "{:.4f}", *, scale: float = 1) -> str:
    """A figure with a true minus sign, or a dash where there is none; no zero has a sign."""
    if value is None:
        return NOTHING
    said = form.format(scale * value)
    if not re.search("[1-9]", said):
        said = said.lstrip("+-")
    return said.replace("-", "−")


def limits(found: Sequence[float] | None, form: str = "{:.4f}", *, scale: float = 1) -> str:
    """An interval, or a dash where there is none."""
    return NOTHING if found is None else " to ".join(number(v, form, scale=scale) for v in found)


def p_value(value: float | None) -> str:
    """A p-value; what is below 0.001 is not told apart."""
    if value is None:
        return NOTHING
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def counted(count: int, what: str) -> str:
    """A number of things, in the plural where there is not one."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def fill(page: str, blocks: Mapping[str, Callable[[], str]], *, skip: str | None = None) -> str:
    """The page with its generated blocks made anew.

    Args:
        page: With `<!-- table NAME -->` before a block and `<!-- end -->` after it.
        blocks: Name to what gives its text.
        skip: Pattern of names that somebody else writes, and that stay as they are.

    Raises:
        KeyError: A block has a name that nothing writes.
    """

    def written(match: re.Match[str]) -> str:
        name = match["name"]
        if skip is not None and re.fullmatch(skip, name):
            return match[0]
        return f"<!-- table {name} -->\n{blocks[name]().rstrip()}\n<!-- end -->"

    return MARKED.sub(written, page)


def check(before: str, after: str, command: str) -> int:
    """Whether the generated blocks of a page are as they would be written now.

    Args:
        before: The page.
        after: What `fill` makes of it.
        command: What writes the page.

    Returns:
        An exit code: 0, or 1 after naming each block that differs and the command.
    """
    blocks = zip(MARKED.finditer(before), MARKED.finditer(after), strict=True)
    stale = [old["name"] for old, new in blocks if old[0] != new[0]]
    for name in stale:
        print(f"the block {name} is not as the result files have it")
    if stale:
        print(f"Write the page again: {command}")
    return int(bool(stale))
