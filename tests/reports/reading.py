"""Reads a page as a browser would, and notes what a browser would fetch."""

from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "img", "br", "hr", "link", "input"}


class Page(HTMLParser):
    """What stands in a page.

    Attributes:
        tags: Every element's name.
        ids: Every id.
        fetched: Every address that a browser would fetch, and every style.
        targets: Where links inside the page point to.
        text: All text outside style sheets.
        images: Attributes of the pictures.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.fetched: list[str] = []
        self.targets: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.styles = ""
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == [], f"never closed: {self._open}"

    @classmethod
    def at(cls, path: Path) -> "Page":
        return cls(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append(tag)
        self._note(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1:] == [tag], f"</{tag}> closes {self._open[-3:]}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            self.styles += data
        else:
            self.text += data

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = dict(attrs)
        if tag == "img":
            self.images.append(named)
        for name, value in attrs:
            if name == "id":
                self.ids.append(str(value))
            if name in {"src", "srcset", "data", "poster", "action"}:
                self.fetched.append(str(value))
            if name in {"href", "xlink:href"}:
                (self.targets if str(value).startswith("#") else self.fetched).append(str(value))
            if name == "style":
                self.styles += f";{value}"


def assert_self_contained(path: Path) -> Page:
    """The page fetches nothing, runs nothing, and holds together."""
    page = Page.at(path)
    assert [address for address in page.fetched if not address.startswith("data:image/")] == []
    assert "@import" not in page.styles
    assert "url(" not in page.styles.replace("url(#", "")
    assert "script" not in page.tags
    assert len(page.ids) == len(set(page.ids))
    assert {target.removeprefix("#") for target in page.targets} <= set(page.ids)
    return page
