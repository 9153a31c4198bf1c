"""The repository's pages: no dead link, no name of what is not there, a README of one sitting."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from freshet.domain.provider import Provider

ROOT = Path(__file__).resolve().parents[2]
_ROOMS = ("functions", "layers", "events", "tests", ".bench", ".ci")
_MOST_LINES_OF_THE_README = 150
# Where a name on a page may be relative to, beside the page's own folder.
_BASES = (ROOT, ROOT / "layers" / "core" / "freshet", ROOT / "tests")
# Files that a reader makes, or finds on another machine.
_MADE_BY_READERS = {"keys.json", "freshet.d.ts"}
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^( *)```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_NAME = re.compile(r"[\w.<>*-]+(?:/[\w.<>*-]*)+|[\w.-]+\.(?:py|md|json|yaml|toml|ts|mjs|js)\b")
_MAKE = re.compile(r"\bmake((?: [a-z0-9-]+(?![\w=./-]))+)")
_TARGET = re.compile(r"^([a-z0-9-]+):", re.MULTILINE)
_CITED = re.compile(r"(?<![\w*/.-])[\w-]+\.md\b")
_NUMBERED = re.compile(r"\b[Pp]romises? \d|\b(?:blueprint|style guide|cases page)\b", re.IGNORECASE)


@cache
def _files() -> tuple[Path, ...]:
    rooms = [path for room in _ROOMS for path in (ROOT / room).rglob("*") if path.is_file()]
    top = [path for path in ROOT.iterdir() if path.is_file()]
    return tuple(path for path in [*top, *rooms] if "__pycache__" not in path.parts)


ADAPTERS = ROOT / "layers/core/freshet/adapters"
PAGES = sorted(path for path in _files() if path.suffix == ".md")
SOURCES = sorted(
    path
    for path in _files()
    if path.suffix in {".py", ".yaml", ".toml", ".js", ".mjs", ".ts", ".in"}
    or path.name == "Makefile"
)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def _anchors(page: Path) -> set[str]:
    """Name the headings as GitHub does in links."""
    prose = _FENCE.sub("", page.read_text())
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def _code_of(page: Path) -> Iterator[str]:
    text = page.read_text()
    yield from (fence[1] for fence in _FENCE.findall(text))
    yield from _SPAN.findall(_FENCE.sub("", text))


def _is_there(name: str, page: Path) -> bool:
    if "<" in name or "*" in name:
        name = re.sub(r"<[^>]*>", "*", name)
        return any(any(base.glob(name)) for base in (page.parent, *_BASES))
    return any((base / name).exists() for base in (page.parent, *_BASES))


def _names_of(page: Path) -> set[str]:
    """Find what looks like a file or a folder of this repository in a page's code."""
    found = {name for code in _code_of(page) for name in _NAME.findall(code)}
    begins = tuple(f"{room}/" for room in (*_ROOMS, "domain", "services", "adapters", "http"))
    return {name for name in found if "/" not in name or name.startswith(begins)}


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = []
    for target in _LINK.findall(_FENCE.sub("", page.read_text())):
        place, _, anchor = target.partition("#")
        if "://" in place:
            continue
        linked = (page.parent / place).resolve() if place else page
        if not linked.exists() or (anchor and anchor not in _anchors(linked)):
            dead.append(target)
    assert dead == []


@each_page
def test_every_file_that_is_named_exists(page: Path) -> None:
    known = {path.name for path in _files()} | _MADE_BY_READERS
    missing = {
        name
        for name in _names_of(page)
        if not (_is_there(name, page) or ("/" not in name and name in known))
    }
    assert missing == set()


@each_page
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(_TARGET.findall((ROOT / "Makefile").read_text()))
    named = {
        word for code in _code_of(page) for words in _MAKE.findall(code) for word in words.split()
    }
    assert named - targets == set()


def test_readme_can_be_read_in_one_sitting() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= _MOST_LINES_OF_THE_README


def test_every_page_is_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        reached.add(page)
        places = [each.partition("#")[0] for each in _LINK.findall(page.read_text())]
        linked = {(page.parent / place).resolve() for place in places if place.endswith(".md")}
        if "adapters/<provider>/NOTES.md" in page.read_text():
            linked |= {ADAPTERS / provider / "NOTES.md" for provider in Provider}
        ahead += [each for each in linked if each.exists() and each not in reached]
    assert set(PAGES) - reached == set()


def test_no_source_cites_a_page_that_is_not_here() -> None:
    known = {page.name for page in PAGES}
    cited = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in SOURCES
        for name in [*_CITED.findall(path.read_text()), *_NUMBERED.findall(path.read_text())]
        if name not in known and path != Path(__file__)
    }
    assert cited == set()


@pytest.mark.parametrize(
    ("text", "is_cited"),
    [
        ("as NOTES.md says", ["NOTES.md"]),
        ("(snaptrade.md 3.2)", ["snaptrade.md"]),
        ('glob("*.md")', []),
    ],
)
def test_citation_is_found_in_a_comment(text: str, is_cited: list[str]) -> None:
    assert _CITED.findall(text) == is_cited
