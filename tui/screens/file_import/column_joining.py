"""Asks how a column joins the columns that its field has already."""

from typing import Any

from tui.orders.fields import full_label
from tui.orders.tables.mapping import ColumnMapping
from tui.screens.common.screen import BaseScreen
from tui.screens.file_import.detail import Detail


async def ask_to_join(screen: BaseScreen[Any], mapping: ColumnMapping, place: int) -> ColumnMapping | None:
    """Ask how the column at `place` joins the others of its field. Returns the mapping, or None if it was cancelled."""
    path = mapping.paths[place]
    if path is None:
        return mapping
    others = [column for column in mapping.columns_of(path) if column != place]
    choices = [("r", "replace"), ("f", "where filled"), ("b", "blank"), ("c", "comma")]
    if path[-1] == "address_line_1":
        choices.append(("l", "line 2"))
    new, names = mapping.header[place], ", ".join(mapping.header[column] for column in others)
    text = (
        f"{full_label(path)} has {names} already. r uses {new} instead; f uses {new} where it is filled, else {names}; "
        "b and c use both, with a blank or a comma between them."
    )
    screen.query_one(Detail).show(text, screen.size.width)
    answer = await screen.ask("Join?", choices)
    screen.show_status()
    match answer:
        case "r":
            for column in others:
                mapping = mapping.with_path(column, None)
            return mapping
        case "f":
            return mapping.with_overriding(place)
        case "b":
            return mapping.with_separator(path, " ")
        case "c":
            return mapping.with_separator(path, ", ")
        case "l":
            return mapping.with_path(place, (*path[:-1], "address_line_2"))
    return None
