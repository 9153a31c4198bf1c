"""A table, or where the window is too narrow for one, the same line by line."""

from collections.abc import Iterable, Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

_NARROW = 78


class Sheet:
    """Rows under named columns; numbers are shown whole."""

    def __init__(
        self, title: str, columns: Sequence[str], *, numbers: Iterable[str] = (), caption: str = ""
    ) -> None:
        self._title = title
        self._columns = columns
        self._numbers = frozenset(numbers)
        self._caption = caption
        self._rows: list[tuple[str, ...]] = []

    def add(self, *cells: str) -> None:
        """Add a row; its first cell says what it is about."""
        self._rows.append(cells)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render for the width at hand."""
        if options.max_width >= _NARROW:
            yield self._table()
            return
        yield Text.from_markup(f"[italic]{self._title}[/]")
        for first, *others in self._rows:
            yield Text.from_markup(f"[bold]{first}[/]")
            for name, cell in zip(self._columns[1:], others, strict=True):
                if cell:
                    yield Text.from_markup(f"  {name}: {cell}")
        if self._caption:
            yield Text.from_markup(f"[dim]{self._caption}[/]")

    def _table(self) -> Table:
        table = Table(
            title=self._title,
            title_justify="left",
            caption=self._caption or None,
            caption_justify="left",
            padding=(0, 1) if len(self._columns) < 7 else 0,
        )
        for name in self._columns:
            is_number = name in self._numbers
            table.add_column(name, justify="right" if is_number else "left", no_wrap=is_number)
        for row in self._rows:
            table.add_row(*row)
        return table
