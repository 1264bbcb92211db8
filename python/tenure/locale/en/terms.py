"""English words for values that tables hold."""

TEXTS: dict[str, str] = {
    "(new)": "(new)",
    "(gone)": "(gone)",
    "(missing)": "(missing)",
    "(none)": "(none)",
    "risen": "risen",
    "fallen": "fallen",
    "same": "same",
    "new": "new",
    "gone": "gone",
    "whole number": "whole number",
    "number": "number",
    "date": "date",
    "text": "text",
    "yes/no": "yes/no",
    "not known": "not known",
    "count": "count",
    "money": "money",
    "share": "share",
    "value": "value",
    "rfm": "rfm",
}
