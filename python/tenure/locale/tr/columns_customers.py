"""Turkish headings and meanings of columns about single customers."""

TEXTS: dict[str, tuple[str, str]] = {
    "forecast.frequency": (
        "tekrar alışveriş",
        (
            "Satın alma modelinin saydığı tekrar alışverişler: sipariş sayısı eksi bir"
            " ('total' sayma biçiminde bütün siparişler)."
        ),
    ),
    "forecast.recency": (
        "ilk alışverişten sonuncuya ({periods})",
        (
            "İlk alışverişten son alışverişe kadar geçen süre; satın alma modelinin"
            " kullandığı ölçü. Son alışverişten bu yana geçen süre değildir: o, T eksi"
            " budur."
        ),
    ),
    "forecast.T": (
        "ilk alışverişten bu yana ({periods})",
        "İlk alışverişten analiz tarihine kadar geçen süre.",
    ),
    "forecast.monetary_value": (
        "ortalama sipariş tutarı",
        (
            "Harcama modelinin ortalamasını aldığı siparişlerin ortalama tutarı: müşteri"
            " toplamlarında bütün siparişler (aykırı değerler sınırlanmış), işlem"
            " tablolarında tekrar alışverişler."
        ),
    ),
    "forecast.orders": (
        "sipariş",
        (
            "Bugüne kadarki siparişler, modelin gördüğü hâliyle (toplamlarda aykırı"
            " değerler sınırlanmış)."
        ),
    ),
    "forecast.spend_count": (
        "ortalamaya giren sipariş",
        "Ortalama sipariş tutarının hesaplandığı sipariş sayısı.",
    ),
    "forecast.p_alive": ("P(aktif)", "Müşterinin hâlâ müşteri olma olasılığı."),
    "forecast.expected_purchases_{horizon}": (
        "beklenen alışveriş, {horizon}",
        "{horizon} içinde beklenen ortalama alışveriş sayısı.",
    ),
    "forecast.expected_spend": (
        "beklenen sipariş tutarı",
        "Bir alışverişten beklenen ortalama tutar.",
    ),
    "forecast.clv_{horizon}": (
        "değer, {horizon}",
        "{horizon} içinde beklenen gelir, ay ay iskonto edilmiş.",
    ),
    "forecast.clv_score": (
        "değer puanı (0–1)",
        "En uzun dönemdeki değer; 0 (en düşük) ile 1 (en yüksek) arasına ölçeklenmiş.",
    ),
    "forecast.clv_z": (
        "değer (z)",
        "En uzun dönemdeki değer; ortalamadan standart sapma cinsinden uzaklığı.",
    ),
    "forecast.segment": (
        "değer segmenti",
        "En uzun dönemdeki değere göre segment; A en yüksek olandır.",
    ),
    "rfm.recency": (
        "son siparişten bu yana gün",
        "RFM yeniliği: son siparişten analiz tarihine kadar geçen gün.",
    ),
    "rfm.frequency": (
        "toplam sipariş",
        "RFM sıklığı: bugüne kadarki bütün siparişler, aykırı değerler sınırlanmadan.",
    ),
    "rfm.monetary": (
        "toplam harcama",
        ("RFM parasal değeri: bugüne kadarki bütün harcama, aykırı değerler sınırlanmadan."),
    ),
    "rfm.recency_score": (
        "yenilik puanı",
        "Yeniliğin kantil puanı; en yüksek puan en yeni olandır.",
    ),
    "rfm.frequency_score": ("sıklık puanı", "Sipariş sayısının kantil puanı."),
    "rfm.monetary_score": ("parasal puan", "Harcamanın kantil puanı."),
    "rfm.RF_SCORE": ("RF puanı", "Yenilik ve sıklık puanı, art arda."),
    "rfm.RFM_SCORE": ("RFM puanı", "Yenilik, sıklık ve parasal puan, art arda."),
    "rfm.segment": ("RFM segmenti", "Yenilik ve sıklık puanına göre segment."),
    "customers.rfm_segment": ("RFM segmenti", "Yenilik ve sıklık puanına göre segment."),
    "top_orders.orders_total": (
        "toplam sipariş",
        "Bugüne kadarki bütün siparişler, aykırı değerler sınırlanmadan.",
    ),
    "top_orders.spend_total": (
        "toplam harcama",
        "Bugüne kadarki bütün harcama, aykırı değerler sınırlanmadan.",
    ),
    "top_orders.value_segment": (
        "değer segmenti",
        "En uzun dönemdeki değere göre segment; A en yüksek olandır.",
    ),
    "moves.previous": (
        "önceki segment",
        "Önceki çalıştırmadaki değer segmenti; yeni müşterilerde boş.",
    ),
    "moves.current": (
        "bugünkü segment",
        "Bu çalıştırmadaki değer segmenti; ayrılan müşterilerde boş.",
    ),
    "moves.steps": ("yükselme (segment)", "Yükselinen segment sayısı; düşüşlerde negatif."),
    "moves.change": ("değişim", "Ne olduğu: yükseldi, düştü, aynı, yeni ya da gitti."),
    "movement.{any}": ("bugün: {any}", "Bu çalıştırmada {any} segmentinde olan müşteriler."),
    "campaigns.campaign": ("kampanya", "Kampanyanın adı."),
}
