"""Pages of a provider that may change between two of them: all rows, each once, or a warning."""

import pytest

from freshet.adapters.pages import ProviderPage, read_pages

Row = tuple[str | None, int]


def _read(*tries: list[tuple[int, list[str | None]]]) -> tuple[list[str | None], bool, int]:
    """Read pages of (total, names); each try begins at offset 0."""
    answers = [page for each in tries for page in each]
    asked: list[int] = []

    def page(offset: int) -> ProviderPage[Row]:
        total, names = answers[len(asked)]
        asked.append(offset)
        return ProviderPage([(name, place) for place, name in enumerate(names)], total)

    rows, is_whole = read_pages(page, name=lambda row: row[0])
    return [name for name, _ in rows], is_whole, len(asked)


@pytest.mark.parametrize(
    ("pages", "names"),
    [
        ([(0, [])], []),
        ([(2, ["a", "b"])], ["a", "b"]),
        ([(3, ["a", "b"]), (3, ["c"])], ["a", "b", "c"]),
        ([(3, ["a", None]), (3, [None])], ["a", None, None]),
        ([(2, ["a", "a"])], ["a", "a"]),
    ],
)
def test_pages_are_whole_when_their_rows_are_as_many_as_the_provider_says(
    pages: list[tuple[int, list[str | None]]], names: list[str | None]
) -> None:
    assert _read(pages) == (names, True, len(pages))


@pytest.mark.parametrize(
    "shifted",
    [
        [(3, ["a", "b"]), (4, ["b", "c"])],  # one came in: another is seen twice
        [(4, ["a", "b"]), (3, ["d"])],  # one went: another is not seen
        [(4, ["a", "b"]), (4, ["b", "c"])],  # one came and one went
        [(4, ["a", "b"]), (4, [])],
        [(1, ["a", "b"])],
    ],
)
def test_everything_is_read_once_more_and_then_in_part_when_pages_do_not_fit(
    shifted: list[tuple[int, list[str | None]]],
) -> None:
    names, is_whole, asked = _read(shifted, [(2, ["a", "b"])])
    assert (names, is_whole, asked) == (["a", "b"], True, len(shifted) + 1)
    _, is_whole, asked = _read(shifted, shifted)
    assert (is_whole, asked) == (False, 2 * len(shifted))
