"""The tables the package writes, the columns named by the caller, and the units."""

from __future__ import annotations

from dataclasses import dataclass

from tenure.data_dictionary._model import TableDefinition

__all__ = ["BREAKDOWNS", "DIMENSIONS", "KEYS", "TABLES", "UNITS"]

TABLES: dict[str, TableDefinition] = {
    "forecast": TableDefinition(
        ("Customers", "One row per customer: what the models saw, and the forecast."),
        ("Müşteriler", "Müşteri başına bir satır: modelin gördüğü özet ve tahmin."),
        key="customer",
    ),
    "customers": TableDefinition(
        ("All customers", "One row per customer: segments, RFM and forecast."),
        ("Bütün müşteriler", "Müşteri başına bir satır: segmentler, RFM ve tahmin."),
        key="customer",
        parts=("rfm", "forecast"),
    ),
    "rfm": TableDefinition(
        ("RFM scores", "One row per customer: recency, frequency, monetary and their scores."),
        ("RFM puanları", "Müşteri başına bir satır: yenilik, sıklık, parasal değer ve puanları."),
        key="customer",
    ),
    "segments": TableDefinition(
        ("Segments", "One row per segment: size, means and expected revenue."),
        ("Segmentler", "Segment başına bir satır: büyüklük, ortalamalar ve beklenen gelir."),
    ),
    "value_segments": TableDefinition(
        ("Value segments", "One row per value segment."),
        ("Değer segmentleri", "Değer segmenti başına bir satır."),
        parts=("segments",),
    ),
    "rfm_segments": TableDefinition(
        ("RFM segments", "One row per RFM segment."),
        ("RFM segmentleri", "RFM segmenti başına bir satır."),
        parts=("segments",),
    ),
    "insights": TableDefinition(
        ("Insights", "One row per segment: what stands out, and the figures behind it."),
        ("Öne çıkanlar", "Segment başına bir satır: öne çıkanlar ve dayandığı rakamlar."),
    ),
    "cohorts": TableDefinition(
        ("Cohorts", "One row per cohort and age: customers who came back, and their money."),
        ("Kohortlar", "Kohort ve yaş başına bir satır: geri gelen müşteriler ve harcamaları."),
    ),
    "channels": TableDefinition(
        ("Channels", "One row per channel."),
        ("Kanallar", "Kanal başına bir satır."),
    ),
    "channels_by_segment": TableDefinition(
        ("Channels by segment", "One row per segment and channel."),
        ("Segmente göre kanallar", "Segment ve kanal başına bir satır."),
    ),
    "last_channels": TableDefinition(
        ("Last channels", "One row per channel of the last order."),
        ("Son kanallar", "Son siparişin kanalı başına bir satır."),
    ),
    "last_channels_by_segment": TableDefinition(
        ("Last channels by segment", "One row per segment and channel of the last order."),
        ("Segmente göre son kanallar", "Segment ve son siparişin kanalı başına bir satır."),
    ),
    "categories": TableDefinition(
        (
            "Categories",
            "One row per category; a customer counts in each of their categories, so the rows add"
            " up to more than all customers.",
        ),
        (
            "Kategoriler",
            "Kategori başına bir satır; müşteri, kategorilerinin her birinde sayılır, bu yüzden"
            " satırların toplamı bütün müşterilerden fazladır.",
        ),
    ),
    "categories_by_segment": TableDefinition(
        (
            "Categories by segment",
            "One row per segment and category; a customer counts in each of their categories.",
        ),
        (
            "Segmente göre kategoriler",
            "Segment ve kategori başına bir satır; müşteri, kategorilerinin her birinde sayılır.",
        ),
    ),
    "store_types": TableDefinition(
        (
            "Store types",
            "One row per type of store; a customer counts in each type they bought from, so the"
            " rows add up to more than all customers.",
        ),
        (
            "Mağaza türleri",
            "Mağaza türü başına bir satır; müşteri, alışveriş yaptığı her türde sayılır, bu yüzden"
            " satırların toplamı bütün müşterilerden fazladır.",
        ),
    ),
    "store_types_by_segment": TableDefinition(
        (
            "Store types by segment",
            "One row per segment and type of store; a customer counts in each type they bought"
            " from.",
        ),
        (
            "Segmente göre mağaza türleri",
            "Segment ve mağaza türü başına bir satır; müşteri, alışveriş yaptığı her türde"
            " sayılır.",
        ),
    ),
    "top_orders": TableDefinition(
        ("Most orders", "The customers with the most orders so far."),
        ("En çok sipariş", "Bugüne kadar en çok sipariş veren müşteriler."),
        key="customer",
    ),
    "top_revenue": TableDefinition(
        ("Most money spent", "The customers who have spent most so far."),
        ("En çok harcama", "Bugüne kadar en çok harcayan müşteriler."),
        key="customer",
    ),
    "movement": TableDefinition(
        ("Movement", "Customers by segment in the earlier run (rows) and in this one (columns)."),
        ("Hareket", "Önceki (satır) ve bugünkü (sütun) segmente göre müşteriler."),
    ),
    "moves": TableDefinition(
        ("Customers who moved", "One row per customer who moved between two runs."),
        ("Yer değiştirenler", "İki çalıştırma arasında yer değiştiren her müşteri için bir satır."),
        key="customer",
    ),
    "campaigns": TableDefinition(
        ("Campaigns", "One row per campaign: rule, reach and what is expected."),
        ("Kampanyalar", "Kampanya başına bir satır: kural, erişim ve beklenenler."),
    ),
    "targets": TableDefinition(
        ("Target lists", "One row per customer and campaign."),
        ("Hedef listeleri", "Müşteri ve kampanya başına bir satır."),
        key="customer",
        parts=("forecast",),
    ),
    "target_list": TableDefinition(
        ("Target list", "The customers of one campaign."),
        ("Hedef listesi", "Bir kampanyanın müşterileri."),
        key="customer",
    ),
    "profile": TableDefinition(
        ("Data profile", "One row per column of the table as it was read."),
        ("Veri profili", "Okunan tablonun her sütunu için bir satır."),
    ),
    "first_rows": TableDefinition(
        ("First rows", "The first ten rows of the table as it was read."),
        ("İlk satırlar", "Okunan tablonun ilk on satırı."),
    ),
    "summary": TableDefinition(
        ("Summary", "The main figures and the settings of the run."),
        ("Özet", "Başlıca rakamlar ve çalıştırmanın ayarları."),
    ),
    "quality": TableDefinition(
        ("Data quality", "What was read and what was done to it."),
        ("Veri kalitesi", "Ne okundu, üzerinde ne yapıldı."),
    ),
    "warnings": TableDefinition(
        ("Warnings", "One row per warning."),
        ("Uyarılar", "Uyarı başına bir satır."),
    ),
    "totals": TableDefinition(
        ("Forecast of all customers", "One row per horizon."),
        ("Bütün müşterilerin tahmini", "Dönem başına bir satır."),
    ),
    "models": TableDefinition(
        ("Models compared", "One row per purchase model: fit, forecast and why it was chosen."),
        ("Model karşılaştırması", "Her satın alma modeli için bir satır: uyum, tahmin, gerekçe."),
    ),
    "parameters": TableDefinition(
        ("Parameters", "One row per parameter of a model."),
        ("Parametreler", "Modelin her parametresi için bir satır."),
    ),
    "settings": TableDefinition(
        ("Settings", "One row per setting of the run."),
        ("Ayarlar", "Çalıştırmanın her ayarı için bir satır."),
    ),
    "columns": TableDefinition(
        ("Columns", "One row per column: what it means and in which unit."),
        ("Sütunlar", "Sütun başına bir satır: anlamı ve birimi."),
    ),
}
"""Every table that is written to a file, a sheet or the page."""

DIMENSIONS: dict[str, tuple[str, bool]] = {
    "channels": ("channel", False),
    "last_channels": ("last_channel", False),
    "categories": ("category", True),
    "store_types": ("store_type", True),
}
"""Tables by what they break customers down by: the role of the column (which is also what the
table's own column is called), and whether a cell of it holds a list of values."""

BREAKDOWNS: tuple[str, ...] = (
    *(f"{name}{suffix}" for name in DIMENSIONS for suffix in ("", "_by_segment")),
    "top_revenue",
    "top_orders",
)
"""Tables of ``Analysis.tables`` that become a csv file and a sheet each, in this order."""

KEYS: dict[str, TableDefinition] = {
    "customer": TableDefinition(
        ("customer", "The customer's id, as the data give it."),
        ("müşteri", "Verideki müşteri numarası."),
    ),
}
"""Columns whose name is the caller's."""


@dataclass(frozen=True)
class Unit:
    """A unit in words."""

    en: str
    tr: str

    def texts(self, language: str) -> str:
        """Return the words in a language."""
        found: str = getattr(self, language)
        return found


UNITS: dict[str, Unit] = {
    "": Unit("", ""),
    "period": Unit("periods", "dönem"),
    "currency": Unit("currency of the data", "verinin para birimi"),
    "date": Unit("date", "tarih"),
    "days": Unit("days", "gün"),
    "months": Unit("calendar periods", "takvim dönemi"),
    "customers": Unit("customers", "müşteri"),
    "orders": Unit("orders", "sipariş"),
    "purchases": Unit("purchases", "alışveriş"),
    "rows": Unit("rows", "satır"),
    "values": Unit("values", "değer"),
    "segments": Unit("segments", "segment"),
    "share": Unit("share, 0–1", "pay, 0–1"),
    "probability": Unit("probability, 0–1", "olasılık, 0–1"),
    "score": Unit("score", "puan"),
    "deviations": Unit("standard deviations", "standart sapma"),
    "ratio": Unit("ratio", "oran"),
    "column": Unit("that of the column", "sütunun birimi"),
}
"""The units, in words."""
