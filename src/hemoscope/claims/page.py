"""The page: `docs/claims.md`, written from an account and nothing else."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from hemoscope.claims.account import Account
from hemoscope.claims.finding import Finding, Verdict
from hemoscope.claims.judgement import Judgement, Status
from hemoscope.claims.ledger import Chapter
from hemoscope.errors import HemoscopeError
from hemoscope.files import cause, replacing

PREFACE = """\
# The claims ledger

Every number that Alshehri et al. 2025 ("A Hybrid CNN-Transformer Framework for Normal Blood Cell
Classification") state about method, data and results, and where each stands. This page is
written by `hemoscope claims`; the numbers are kept in `src/hemoscope/claims/numbers/`, the
arithmetic in `src/hemoscope/claims/`.

A number printed as 0.92 stands for anything from 0.915 to 0.925. Two numbers contradict each
other only where no values within their rounding agree. Classes 0 to 7 are basophil, eosinophil,
erythroblast, immature granulocyte, lymphocyte, monocyte, neutrophil, platelet.
"""

MEANINGS = {
    Status.CONTRADICTED: "cannot be true together with other numbers of the paper, or with its "
    "own definition; where one cannot tell which is wrong, all of them",
    Status.REPRODUCED: "our own 95 % interval, or our count, holds it",
    Status.NOT_REPRODUCED: "our own 95 % interval, or our count, does not hold it",
    Status.CONSISTENT: "equal to what the definitions give from other numbers of the paper",
    Status.NOT_CHECKABLE: "the paper's other numbers do not fix it, or it is about others' work",
}


class PageError(HemoscopeError):
    """A page that cannot be written."""


def save_page(account: Account, file: Path) -> Path:
    """Writes the page to a file; its folder is made if need be.

    Raises:
        PageError: The file cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as draft:
            draft.write_text(write_page(account), encoding="utf-8")
    except OSError as error:
        raise PageError(f"cannot write {file}: {cause(error)}.") from error
    return file


def write_page(account: Account) -> str:
    """The whole page as Markdown, the same for the same account."""
    blocks = [
        PREFACE,
        *_summary(account),
        *_contradictions(account),
        *(_chapter(account, chapter) for chapter in account.ledger.chapters),
    ]
    return "\n".join(blocks).rstrip() + "\n"


def _summary(account: Account) -> Iterator[str]:
    yield "## Summary\n"
    rows = [(str(status), str(count), MEANINGS[status]) for status, count in account.counts.items()]
    yield _table(("status", "claims", "meaning"), [*rows, ("all", str(len(account.ledger)), "")])
    shown = [status for status, count in account.counts.items() if count]
    by_chapter = []
    for chapter in account.ledger.chapters:
        statuses = [account.by_id[claim.id].status for claim in chapter.claims]
        counts = [str(statuses.count(status)) for status in shown]
        by_chapter.append((chapter.heading, *counts, str(len(statuses))))
    yield _table(("where", *map(str, shown), "all"), by_chapter)


def _contradictions(account: Account) -> Iterator[str]:
    yield f"## {len(account.contradictions)} contradictions\n"
    for number, finding in enumerate(account.contradictions, start=1):
        yield f'### <a id="c{number}"></a>C{number}. {_sentence(finding.title)}\n'
        yield f"{finding.because}\n"
        yield "\n".join(_accused(account, finding)) + "\n"


def _accused(account: Account, finding: Finding) -> Iterator[str]:
    for name in finding.claims:
        claim = account.ledger[name]
        again = [other.id for other in account.ledger if other.restates == name]
        repeats = f"; said again: {', '.join(f'`{other}`' for other in again)}" if again else ""
        yield f"- `{name}`: {claim.named}, {claim.shown}{repeats}"


def _chapter(account: Account, chapter: Chapter) -> str:
    judgements = [account.by_id[claim.id] for claim in chapter.claims]
    measured = any(judgement.measured for judgement in judgements)
    head = ("claim", "what it is", "printed", "status", *(("ours",) if measured else ()), "why")
    rows = [_row(account, judgement, measured=measured) for judgement in judgements]
    return f"## {chapter.heading}\n\n{_table(head, rows)}"


def _row(account: Account, judgement: Judgement, *, measured: bool) -> tuple[str, ...]:
    claim = judgement.claim
    ours = (_ours(judgement),) if measured else ()
    status = str(judgement.status)
    if judgement.status is Status.CONTRADICTED:
        status = f"**{status}**"
    return (f"`{claim.id}`", claim.named, claim.shown, status, *ours, _why(account, judgement))


def _ours(judgement: Judgement) -> str:
    if judgement.measured is None or judgement.comparison is None:
        return ""
    measured = judgement.measured
    source = ", ".join(
        part
        for part in (
            f"n = {measured.n:,}" if measured.n is not None else "",
            measured.split or "",
            f"seeds {', '.join(map(str, measured.seeds))}" if measured.seeds else "",
            measured.hardware or "",
            f"`{measured.command}`" if measured.command else "",
        )
        if part
    )
    return f"{measured.shown_for(judgement.claim)}: {judgement.comparison.words}" + (
        f"; {source}" if source else ""
    )


def _why(account: Account, judgement: Judgement) -> str:
    parts = []
    against = [found for found in judgement.findings if found.verdict is Verdict.CONTRADICTED]
    for finding in against:
        number = account.contradictions.index(finding) + 1
        parts.append(f"[C{number}](#c{number})")
    if not against:
        parts += _unique(f.because for f in judgement.findings if f.verdict is judgement.verdict)
    if judgement.claim.restates is not None:
        parts.append(f"Restates `{judgement.claim.restates}`.")
    if judgement.claim.note is not None:
        parts.append(judgement.claim.note)
    if not parts and judgement.claim.kind == "background":
        parts.append("Others' work.")
    return " ".join(parts)


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return (
        "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
