"""English separators of numbers, and letters that file names write differently."""

TEXTS: dict[str, str] = {
    "thousands": ",",
    "decimal": ".",
    "letters": "",
    "letters.plain": "",
}
