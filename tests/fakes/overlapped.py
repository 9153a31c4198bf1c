"""Work that is done one piece after the other."""

from collections.abc import Callable, Sequence


def one_after_another[Item, Result](
    work: Callable[[Item], Result], items: Sequence[Item]
) -> Sequence[Result]:
    """The port Overlapped, in the order of the items."""
    return [work(each) for each in items]
