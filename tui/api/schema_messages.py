"""The schema's errors as sentences for users, which say what to enter. Pydantic's own texts resemble the service's."""

from collections.abc import Mapping

__all__ = ["message_for"]

_FIXED = {
    "missing": "Required",
    "model_type": "Must be an object",
    "dict_type": "Must be an object",
    "list_type": "Must be a list",
    "string_type": "Must be text",
    "bool_type": "Must be true or false",
    "int_type": "Must be a whole number",
    "int_from_float": "Must be a whole number",
    "float_type": "Must be a number",
    "string_pattern_mismatch": "Must be digits with a decimal point, such as 12.50",
    "time_zone": "Must be a date and time with a time zone, such as 2026-02-27T10:00:00Z",
    "calendar": "This date or time does not exist",
    "value_error": "Must be an email address, such as name@example.com",
}


def message_for(code: str, message: str, context: Mapping[str, object], value: object, *, tolerated: bool) -> str:
    """The sentence for one pydantic error: its type, message, context and input. Unknown types keep their message."""
    if tolerated:
        return f"The API lists {_listed(context)}; other codes may work"
    if code in ("string_too_short", "string_too_long"):
        return _length(context, value)
    match code:
        case "greater_than":
            return f"Must be greater than {context['gt']}"
        case "greater_than_equal":
            return f"Must be {context['ge']} or more"
        case "literal_error":
            return f"Must be one of {_listed(context)}"
        case "one_of":
            return f"Must have exactly one of {context['names']}"
    text = _FIXED.get(str(context.get("reason", code))) or message.replace("Input should", "Must", 1)
    return f"{text}, not null" if value is None and text.startswith("Must be") else text


def _length(context: Mapping[str, object], value: object) -> str:
    if context.get("min_length") == 1:
        return "Must not be empty"
    if "min_length" in context:
        return f"Must have at least {context['min_length']} characters"
    length = len(value) if isinstance(value, str) else "more"
    return f"Must have at most {context['max_length']} characters (has {length})"


def _listed(context: Mapping[str, object]) -> str:
    """The values of pydantic's `expected`, which reads like "'kg', 'g' or 'oz'"."""
    return str(context.get("expected", "")).replace(" or ", ", ").replace("'", "")
