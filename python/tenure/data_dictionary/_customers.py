"""Columns of tables with one row per customer."""

from __future__ import annotations

from tenure.data_dictionary._model import Definition

__all__ = ["CUSTOMERS"]

_FORECAST = ("forecast",)
_RFM = ("rfm",)
_TOP = ("top_orders", "top_revenue")

CUSTOMERS: tuple[Definition, ...] = (
    # What the models saw.
    Definition(
        "frequency",
        _FORECAST,
        "count",
        "purchases",
        (
            "repeat purchases",
            "Repeat purchases that the purchase model counts: orders minus one (all orders with the"
            " convention 'total').",
        ),
        (
            "tekrar alışveriş",
            "Satın alma modelinin saydığı tekrar alışverişler: sipariş sayısı eksi bir ('total'"
            " sayma biçiminde bütün siparişler).",
        ),
    ),
    Definition(
        "recency",
        _FORECAST,
        "number",
        "period",
        (
            "first to last purchase ({periods})",
            "Time from the first to the last purchase, as the purchase model uses it. Not the time"
            " since the last purchase: that is T minus this.",
        ),
        (
            "ilk alışverişten sonuncuya ({periods})",
            "İlk alışverişten son alışverişe kadar geçen süre; satın alma modelinin kullandığı"
            " ölçü. Son alışverişten bu yana geçen süre değildir: o, T eksi budur.",
        ),
        exact=True,
    ),
    Definition(
        "T",
        _FORECAST,
        "number",
        "period",
        (
            "since first purchase ({periods})",
            "Time from the first purchase to the analysis date.",
        ),
        (
            "ilk alışverişten bu yana ({periods})",
            "İlk alışverişten analiz tarihine kadar geçen süre.",
        ),
        exact=True,
    ),
    Definition(
        "monetary_value",
        _FORECAST,
        "money",
        "currency",
        (
            "average order value",
            "Mean money of the orders that the spending model averages: of all orders, outliers"
            " capped, in a table of totals; of repeat purchases in a table of transactions.",
        ),
        (
            "ortalama sipariş tutarı",
            "Harcama modelinin ortalamasını aldığı siparişlerin ortalama tutarı: müşteri"
            " toplamlarında bütün siparişler (aykırı değerler sınırlanmış), işlem tablolarında"
            " tekrar alışverişler.",
        ),
        exact=True,
    ),
    Definition(
        "orders",
        _FORECAST,
        "count",
        "orders",
        ("orders", "Orders so far, as the models saw them (outliers capped in totals)."),
        (
            "sipariş",
            "Bugüne kadarki siparişler, modelin gördüğü hâliyle (toplamlarda aykırı değerler"
            " sınırlanmış).",
        ),
    ),
    Definition(
        "spend_count",
        _FORECAST,
        "count",
        "orders",
        ("orders averaged", "Orders that the average order value is the mean of."),
        ("ortalamaya giren sipariş", "Ortalama sipariş tutarının hesaplandığı sipariş sayısı."),
    ),
    # The forecast.
    Definition(
        "p_alive",
        _FORECAST,
        "number",
        "probability",
        ("P(alive)", "Probability that the customer is still a customer."),
        ("P(aktif)", "Müşterinin hâlâ müşteri olma olasılığı."),
    ),
    Definition(
        "expected_purchases_{horizon}",
        _FORECAST,
        "number",
        "purchases",
        ("expected purchases, {horizon}", "Mean number of purchases expected within {horizon}."),
        ("beklenen alışveriş, {horizon}", "{horizon} içinde beklenen ortalama alışveriş sayısı."),
    ),
    Definition(
        "expected_spend",
        _FORECAST,
        "money",
        "currency",
        ("expected order value", "Mean money expected of one purchase."),
        ("beklenen sipariş tutarı", "Bir alışverişten beklenen ortalama tutar."),
    ),
    Definition(
        "clv_{horizon}",
        _FORECAST,
        "money",
        "currency",
        ("value, {horizon}", "Revenue expected within {horizon}, discounted month by month."),
        ("değer, {horizon}", "{horizon} içinde beklenen gelir, ay ay iskonto edilmiş."),
    ),
    Definition(
        "clv_score",
        _FORECAST,
        "number",
        "score",
        (
            "value score (0–1)",
            "Value over the longest horizon, scaled from 0 (the lowest) to 1 (the highest).",
        ),
        (
            "değer puanı (0–1)",
            "En uzun dönemdeki değer; 0 (en düşük) ile 1 (en yüksek) arasına ölçeklenmiş.",
        ),
    ),
    Definition(
        "clv_z",
        _FORECAST,
        "number",
        "deviations",
        (
            "value (z)",
            "Value over the longest horizon in standard deviations above the mean.",
        ),
        ("değer (z)", "En uzun dönemdeki değer; ortalamadan standart sapma cinsinden uzaklığı."),
    ),
    Definition(
        "segment",
        ("forecast", "customers"),
        "text",
        "",
        ("value segment", "Segment by value over the longest horizon, A being the highest."),
        ("değer segmenti", "En uzun dönemdeki değere göre segment; A en yüksek olandır."),
    ),
    # RFM.
    Definition(
        "recency",
        _RFM,
        "count",
        "days",
        (
            "days since last order",
            "RFM recency: days from the last order to the analysis date.",
        ),
        (
            "son siparişten bu yana gün",
            "RFM yeniliği: son siparişten analiz tarihine kadar geçen gün.",
        ),
    ),
    Definition(
        "frequency",
        _RFM,
        "count",
        "orders",
        ("orders so far", "RFM frequency: all orders so far, outliers not capped."),
        (
            "toplam sipariş",
            "RFM sıklığı: bugüne kadarki bütün siparişler, aykırı değerler sınırlanmadan.",
        ),
    ),
    Definition(
        "monetary",
        _RFM,
        "money",
        "currency",
        ("spent so far", "RFM monetary: all money spent so far, outliers not capped."),
        (
            "toplam harcama",
            "RFM parasal değeri: bugüne kadarki bütün harcama, aykırı değerler sınırlanmadan.",
        ),
    ),
    Definition(
        "recency_score",
        _RFM,
        "count",
        "score",
        ("recency score", "Score of recency by quantiles; the highest is the most recent."),
        ("yenilik puanı", "Yeniliğin kantil puanı; en yüksek puan en yeni olandır."),
    ),
    Definition(
        "frequency_score",
        _RFM,
        "count",
        "score",
        ("frequency score", "Score of the number of orders by quantiles."),
        ("sıklık puanı", "Sipariş sayısının kantil puanı."),
    ),
    Definition(
        "monetary_score",
        _RFM,
        "count",
        "score",
        ("monetary score", "Score of the money spent by quantiles."),
        ("parasal puan", "Harcamanın kantil puanı."),
    ),
    Definition(
        "RF_SCORE",
        _RFM,
        "text",
        "",
        ("RF score", "Recency score and frequency score, one after the other."),
        ("RF puanı", "Yenilik ve sıklık puanı, art arda."),
    ),
    Definition(
        "RFM_SCORE",
        _RFM,
        "text",
        "",
        ("RFM score", "Recency, frequency and monetary score, one after the other."),
        ("RFM puanı", "Yenilik, sıklık ve parasal puan, art arda."),
    ),
    Definition(
        "segment",
        _RFM,
        "text",
        "",
        ("RFM segment", "Segment by recency score and frequency score."),
        ("RFM segmenti", "Yenilik ve sıklık puanına göre segment."),
    ),
    Definition(
        "rfm_segment",
        ("customers",),
        "text",
        "",
        ("RFM segment", "Segment by recency score and frequency score."),
        ("RFM segmenti", "Yenilik ve sıklık puanına göre segment."),
    ),
    # The best customers so far.
    Definition(
        "orders_total",
        _TOP,
        "count",
        "orders",
        ("orders so far", "All orders so far, outliers not capped."),
        ("toplam sipariş", "Bugüne kadarki bütün siparişler, aykırı değerler sınırlanmadan."),
    ),
    Definition(
        "spend_total",
        _TOP,
        "money",
        "currency",
        ("spent so far", "All money spent so far, outliers not capped."),
        ("toplam harcama", "Bugüne kadarki bütün harcama, aykırı değerler sınırlanmadan."),
    ),
    Definition(
        "value_segment",
        _TOP,
        "text",
        "",
        ("value segment", "Segment by value over the longest horizon, A being the highest."),
        ("değer segmenti", "En uzun dönemdeki değere göre segment; A en yüksek olandır."),
    ),
    # Who moved between two runs.
    Definition(
        "previous",
        ("moves", "movement"),
        "text",
        "",
        ("segment before", "Value segment in the earlier run; empty for new customers."),
        ("önceki segment", "Önceki çalıştırmadaki değer segmenti; yeni müşterilerde boş."),
    ),
    Definition(
        "current",
        ("moves",),
        "text",
        "",
        ("segment now", "Value segment in this run; empty for customers who are gone."),
        ("bugünkü segment", "Bu çalıştırmadaki değer segmenti; ayrılan müşterilerde boş."),
    ),
    Definition(
        "steps",
        ("moves",),
        "count",
        "segments",
        ("segments risen", "Segments risen; negative for segments fallen."),
        ("yükselme (segment)", "Yükselinen segment sayısı; düşüşlerde negatif."),
    ),
    Definition(
        "change",
        ("moves",),
        "text",
        "",
        ("change", "What happened: risen, fallen, same, new or gone."),
        ("değişim", "Ne olduğu: yükseldi, düştü, aynı, yeni ya da gitti."),
    ),
    Definition(
        "{any}",
        ("movement",),
        "count",
        "customers",
        ("now: {any}", "Customers who are in segment {any} in this run."),
        ("bugün: {any}", "Bu çalıştırmada {any} segmentinde olan müşteriler."),
    ),
    Definition(
        "campaign",
        ("campaigns", "targets"),
        "text",
        "",
        ("campaign", "The campaign's name."),
        ("kampanya", "Kampanyanın adı."),
    ),
)
"""Definitions of columns about single customers."""
