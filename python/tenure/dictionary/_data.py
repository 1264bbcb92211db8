"""Columns of tables about the data, the models and the run."""

from __future__ import annotations

from tenure.dictionary._model import Definition

__all__ = ["DATA"]

_PROFILE = ("profile",)
_PARAMETERS = ("parameters",)
_WARNINGS = ("warnings",)
_COLUMNS = ("columns",)

DATA: tuple[Definition, ...] = (
    Definition(
        "what",
        ("summary", "quality"),
        "text",
        "",
        ("what", "What the figure is."),
        ("ne", "Rakamın ne olduğu."),
    ),
    Definition(
        "value",
        ("summary", "quality", "settings"),
        "text",
        "",
        ("value", "The figure or setting, in the unit its row names."),
        ("değer", "Rakam ya da ayar; birimi satırında yazar."),
    ),
    Definition(
        "setting",
        ("settings",),
        "text",
        "",
        ("setting", "Name of the setting."),
        ("ayar", "Ayarın adı."),
    ),
    # The data profile.
    Definition(
        "column",
        ("profile", "columns"),
        "text",
        "",
        ("column", "Name of the column."),
        ("sütun", "Sütunun adı."),
    ),
    Definition(
        "type",
        _PROFILE,
        "text",
        "",
        ("type", "What the values are: number, whole number, date, text, yes/no."),
        ("tür", "Değerlerin türü: sayı, tam sayı, tarih, metin, evet/hayır."),
    ),
    Definition(
        "missing",
        _PROFILE,
        "count",
        "rows",
        ("missing", "Rows without a value."),
        ("eksik", "Değeri olmayan satırlar."),
    ),
    # Parameters of a model.
    Definition(
        "parameter",
        _PARAMETERS,
        "text",
        "",
        ("parameter", "Name of the parameter."),
        ("parametre", "Parametrenin adı."),
    ),
    Definition(
        "coef",
        _PARAMETERS,
        "number",
        "",
        ("estimate", "Estimate of the parameter."),
        ("kestirim", "Parametrenin kestirimi."),
    ),
    Definition(
        "se(coef)",
        _PARAMETERS,
        "number",
        "",
        ("standard error", "Standard error of the estimate."),
        ("standart hata", "Kestirimin standart hatası."),
    ),
    Definition(
        "lower 95% bound",
        _PARAMETERS,
        "number",
        "",
        ("lower 95% bound", "Lower bound of the 95% confidence interval."),
        ("alt %95 sınırı", "%95 güven aralığının alt sınırı."),
    ),
    Definition(
        "upper 95% bound",
        _PARAMETERS,
        "number",
        "",
        ("upper 95% bound", "Upper bound of the 95% confidence interval."),
        ("üst %95 sınırı", "%95 güven aralığının üst sınırı."),
    ),
    # Warnings.
    Definition(
        "kind",
        _WARNINGS,
        "text",
        "",
        ("kind", "Class of the warning."),
        ("tür", "Uyarının sınıfı."),
    ),
    Definition(
        "title",
        _WARNINGS,
        "text",
        "",
        ("title", "What the warning is about."),
        ("başlık", "Uyarının konusu."),
    ),
    Definition(
        "text",
        _WARNINGS,
        "text",
        "",
        ("text", "The warning."),
        ("metin", "Uyarının kendisi."),
    ),
    # The dictionary itself.
    Definition(
        "table",
        _COLUMNS,
        "text",
        "",
        ("table", "File or sheet that the column is in."),
        ("tablo", "Sütunun bulunduğu dosya ya da sayfa."),
    ),
    Definition(
        "heading",
        _COLUMNS,
        "text",
        "",
        ("heading", "Heading of the column for readers."),
        ("başlık", "Sütunun okurlar için başlığı."),
    ),
    Definition(
        "meaning",
        _COLUMNS,
        "text",
        "",
        ("meaning", "What the column means."),
        ("anlam", "Sütunun anlamı."),
    ),
    Definition(
        "unit",
        _COLUMNS,
        "text",
        "",
        ("unit", "Unit of its values."),
        ("birim", "Değerlerinin birimi."),
    ),
    Definition(
        "kind",
        _COLUMNS,
        "text",
        "",
        ("kind", "What its values are: count, money, share, number, date or text."),
        (
            "tür",
            "Değerlerinin türü: count (adet), money (tutar), share (pay), number (sayı), date"
            " (tarih) ya da text (metin).",
        ),
    ),
)
"""Definitions of columns about the data and the run."""
