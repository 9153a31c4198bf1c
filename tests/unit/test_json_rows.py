"""An object of JSON is parsed exactly, and its rows are kept as they came."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.adapters.exact_json import parsed_text
from freshet.adapters.json_rows import parsed_rows

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_BLANKS = st.sampled_from([None, 1, "\t"])


@given(st.dictionaries(st.text(), _VALUES, min_size=1, max_size=5), _BLANKS, st.booleans())
def test_content_and_rows_are_those_of_the_text(
    document: dict[str, object], indent: int | str | None, is_ascii: bool
) -> None:
    text = f" {json.dumps(document, indent=indent, ensure_ascii=is_ascii)}\r\n"
    content, texts = parsed_rows(text)
    assert repr(content) == repr(parsed_text(text))
    lists = {name: each for name, each in content.items() if isinstance(each, list)}
    assert {name: [parsed_text(row) for row in rows] for name, rows in texts.items()} == lists
    assert all(row in text for rows in texts.values() for row in rows)


def test_rows_keep_their_digits_and_blanks() -> None:
    content, texts = parsed_rows('{"rows": [ {"a":  1.50} , 2e3], "none": []}')
    assert content == {"rows": [{"a": Decimal("1.50")}, Decimal("2E+3")], "none": []}
    assert texts == {"rows": ['{"a":  1.50}', "2e3"], "none": []}


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "<html>", '{"a": 1', '{"a": [1}', '{"a": [1', '{"a": [1,]}'),
        *('{"a" 1}', '{"a": 1} x', '{"a": 1}{}', '{"a": NaN}', '{"a": [1 2]}', '{"a": [}', "{,}"),
    ],
)
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parsed_rows(text)
