"""Models as tables: HTML for notebooks, Arrow for data frames."""

import importlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, get_args, get_origin

import msgspec

from . import errors
from .reading import options_of
from .types import Model, PageAnswer

_MOST_ROWS = 50


def row_kind(page: type[PageAnswer]) -> type[Model]:
    """The class of a page's rows."""
    return get_args(_rows_field(page).type)[0]  # type: ignore[no-any-return]


def rows_of(page: PageAnswer) -> list[Model]:
    """The rows of a page."""
    rows: list[Model] = getattr(page, _rows_field(type(page)).name)
    return rows


def _rows_field(page: type[PageAnswer]) -> Any:
    return next(each for each in msgspec.structs.fields(page) if get_origin(each.type) is list)


def html(model: Model) -> str:
    """A table of a page's rows, or of a model's values, without anything from elsewhere."""
    from html import escape

    def cells(values: Sequence[object], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(_text(value))}</{tag}>" for value in values) + "</tr>"

    if isinstance(model, PageAnswer):
        rows = rows_of(model)
        names = row_kind(type(model)).__struct_fields__
        lines = [
            cells(names, "th"),
            *(cells([getattr(row, name) for name in names], "td") for row in rows[:_MOST_ROWS]),
        ]
        more = f"<p>and {len(rows) - _MOST_ROWS} more rows</p>" if len(rows) > _MOST_ROWS else ""
        return f"<table>{''.join(lines)}</table>{more}"
    return f"<table>{''.join(cells([name, getattr(model, name)], 'td') for name in model.__struct_fields__)}</table>"


def _text(value: object) -> str:
    if value is None or value is msgspec.UNSET:
        return ""
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownArgumentType]


def arrow(rows: Sequence[Model], kind: type[Model]) -> Any:
    """Rows as a ``pyarrow.Table``."""
    try:
        pyarrow: Any = importlib.import_module("pyarrow")
    except ImportError:
        raise errors.ConfigurationError("pyarrow is missing: pip install 'video-log-analyzer-client[arrow]'") from None
    schema = pyarrow.schema([(each.encode_name, _arrow_type(each.type)) for each in msgspec.structs.fields(kind)])
    return pyarrow.Table.from_pylist([row.to_dict(mode="python") for row in rows], schema=schema)


def _arrow_type(kind: Any) -> Any:
    pyarrow: Any = importlib.import_module("pyarrow")
    options = [each for each in options_of(kind) if each not in {type(None), msgspec.UnsetType}]
    only = options[0] if len(options) == 1 else None
    if get_origin(only) is Annotated:
        only = get_args(only)[0]
    if get_origin(only) is list:
        return pyarrow.list_(_arrow_type(get_args(only)[0]))
    if isinstance(only, type) and issubclass(only, msgspec.Struct):
        return pyarrow.struct([(each.encode_name, _arrow_type(each.type)) for each in msgspec.structs.fields(only)])
    plain: dict[Any, Any] = {
        int: pyarrow.int64(),
        float: pyarrow.float64(),
        bool: pyarrow.bool_(),
        datetime: pyarrow.timestamp("us", tz="UTC"),
    }
    return plain.get(only, pyarrow.string())
