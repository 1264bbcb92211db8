"""Turkish words for values that tables hold."""

TEXTS: dict[str, str] = {
    "(new)": "(yeni)",
    "(gone)": "(gitti)",
    "(missing)": "(bilinmiyor)",
    "(none)": "(yok)",
    "risen": "yükseldi",
    "fallen": "düştü",
    "same": "aynı",
    "new": "yeni",
    "gone": "gitti",
    "whole number": "tam sayı",
    "number": "sayı",
    "date": "tarih",
    "text": "metin",
    "yes/no": "evet/hayır",
    "not known": "bilinmiyor",
    "count": "adet",
    "money": "tutar",
    "share": "pay",
    "value": "değer",
    "rfm": "RFM",
}
