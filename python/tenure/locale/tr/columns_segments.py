"""Turkish headings and meanings of columns about segments, cohorts and campaigns."""

TEXTS: dict[str, tuple[str, str]] = {
    "segments.scheme": ("şema", "Hangi segmentler: değer (beklenen değere göre) ya da RFM."),
    "segments.segment": ("segment", "Segmentin adı."),
    "segments.customers": ("müşteri sayısı", "Müşteri sayısı."),
    "segments.share": ("müşteri payı", "Bütün müşteriler içindeki pay."),
    "channels_by_segment.share": ("segment payı", "Segmentin müşterileri içindeki pay."),
    "segments.recency_mean": (
        "son siparişten bu yana gün, ortalama",
        "Son siparişten analiz tarihine kadar geçen günlerin ortalaması.",
    ),
    "segments.frequency_mean": (
        "toplam sipariş, ortalama",
        "Müşteri başına bugüne kadarki ortalama sipariş sayısı.",
    ),
    "segments.monetary_mean": (
        "toplam harcama, ortalama",
        "Müşteri başına bugüne kadarki ortalama harcama.",
    ),
    "segments.p_alive_mean": ("P(aktif), ortalama", "Hâlâ müşteri olma olasılığının ortalaması."),
    "segments.expected_spend_mean": (
        "beklenen sipariş tutarı, ortalama",
        "Bir alışverişten beklenen tutarın müşteriler üzerindeki ortalaması.",
    ),
    "segments.clv_{horizon}_mean": (
        "değer, {horizon}, ortalama",
        "Müşteri başına {horizon} içindeki ortalama değer.",
    ),
    "segments.expected_purchases_{horizon}_mean": (
        "beklenen alışveriş, {horizon}, ortalama",
        "Müşteri başına {horizon} içinde beklenen ortalama alışveriş.",
    ),
    "segments.revenue": (
        "beklenen gelir",
        "Segmentteki müşterilerin en uzun dönemdeki toplam değeri; iskontolu.",
    ),
    "segments.revenue_share": (
        "beklenen gelirdeki pay",
        "Bütün müşterilerin beklenen geliri içindeki pay.",
    ),
    "segments.purchases": ("beklenen alışveriş", "Segmentten en uzun dönemde beklenen alışveriş."),
    "segments.purchases_share": (
        "beklenen alışverişteki pay",
        "Bütün müşterilerin beklenen alışverişi içindeki pay.",
    ),
    "segments.advice": ("öneri", "Segment için yapılabilecekler."),
    "insights.orders_past": ("toplam sipariş", "Segmentin bugüne kadarki siparişleri."),
    "insights.orders_past_share": (
        "geçmiş siparişteki pay",
        "Bugüne kadarki bütün siparişler içindeki pay.",
    ),
    "insights.revenue_past": ("toplam harcama", "Segmentin bugüne kadarki harcaması."),
    "insights.revenue_past_share": (
        "geçmiş gelirdeki pay",
        "Bugüne kadarki bütün harcama içindeki pay.",
    ),
    "insights.purchases_expected": (
        "beklenen alışveriş",
        "Segmentten en uzun dönemde beklenen alışveriş.",
    ),
    "insights.purchases_expected_share": (
        "beklenen alışverişteki pay",
        "Bütün müşterilerin beklenen alışverişi içindeki pay.",
    ),
    "insights.revenue_expected": (
        "beklenen gelir",
        "Segmentteki müşterilerin en uzun dönemdeki toplam değeri; iskontolu.",
    ),
    "insights.revenue_expected_share": (
        "beklenen gelirdeki pay",
        "Bütün müşterilerin beklenen geliri içindeki pay.",
    ),
    "insights.p_alive": ("P(aktif), ortalama", "Hâlâ müşteri olma olasılığının ortalaması."),
    "insights.basket": (
        "ortalama sipariş tutarı",
        "Bugüne kadarki harcamanın sipariş sayısına bölümü.",
    ),
    "insights.once": ("tek siparişlilerin payı", "Segmentte tek siparişi olan müşterilerin payı."),
    "insights.days_since": (
        "son siparişten bu yana gün, medyan",
        "Son siparişten analiz tarihine kadar geçen günlerin medyanı.",
    ),
    "insights.usual_gap": (
        "olağan aralık (gün), medyan",
        "Müşterilerin siparişleri arasındaki ortalama günlerin medyanı.",
    ),
    "insights.gap_ratio": (
        "son siparişten bu yana gün / olağan aralık, medyan",
        "Son siparişten bu yana geçen günün olağan aralığa oranının medyanı.",
    ),
    "insights.overdue": (
        "gecikenlerin payı",
        (
            "Olağan aralığı olanlar içinde, son siparişi bu aralığın iki katından eski"
            " olanların payı."
        ),
    ),
    "insights.long_gap": (
        "uzun aralık (gün)",
        (
            "Bütün müşterilerin olağan aralıklarının %90 kantili: on müşteriden dokuzu"
            " genellikle bu süre içinde yeniden sipariş verir."
        ),
    ),
    "insights.inactive": (
        "aktif olmayanların payı",
        "Son siparişi uzun aralıktan (ve kendi aralığının iki katından) eski olanlar.",
    ),
    "insights.rising": (
        "yükseliştekilerin payı",
        ("Kendi geçmiş hızının %97,5 üst sınırından daha çok alışveriş beklenenlerin payı."),
    ),
    "insights.one_channel": (
        "tek kanaldakilerin payı",
        "Bütün siparişleri tek kanalda olanların payı.",
    ),
    "insights.with_gap": (
        "olağan aralığı olan müşteri",
        "Siparişleri arasında bir aralık bulunan müşteriler.",
    ),
    "insights.without_gap": (
        "olağan aralığı olmayan müşteri",
        "Bütün siparişleri aynı gün olan müşteriler.",
    ),
    "insights.rule": ("kural", "Bulgunun geldiği kuralın adı."),
    "segments.finding": ("bulgu", "Öne çıkan durum."),
    "insights.action": ("öneri", "Yapılabilecekler."),
    "cohorts.cohort": ("ilk alışveriş dönemi", "İlk alışverişin yapıldığı takvim dönemi."),
    "cohorts.calendar_period": ("takvim dönemi", "Satırın ait olduğu takvim dönemi."),
    "cohorts.age": (
        "ilk alışverişten bu yana dönem",
        ("İlk alışverişin döneminden (ay) bu yana geçen takvim dönemi; 0 o dönemin kendisidir."),
    ),
    "cohorts.customers": (
        "kohorttaki müşteri",
        "İlk alışverişi kohortun döneminde olan müşteriler.",
    ),
    "cohorts.active": ("aktif müşteri", "Kohortta o dönemde alışverişi olan müşteriler."),
    "cohorts.retention": ("elde tutma", "Aktif müşterilerin kohort içindeki payı."),
    "cohorts.returned": (
        "geri gelen müşteri",
        "Bu döneme kadar sonraki bir dönemde alışverişi olan müşteriler.",
    ),
    "cohorts.return_rate": (
        "geri gelenlerin payı",
        "Geri gelen müşterilerin kohort içindeki payı.",
    ),
    "cohorts.revenue": ("dönemin geliri", "Kohortun o dönemdeki harcaması."),
    "cohorts.revenue_per_customer": (
        "müşteri başına dönem geliri",
        "Dönem gelirinin kohorttaki bütün müşterilere bölümü.",
    ),
    "cohorts.cumulative_revenue": ("birikimli gelir", "Kohortun bu dönem dahil toplam harcaması."),
    "cohorts.cumulative_revenue_per_customer": (
        "müşteri başına birikimli gelir",
        "Birikimli gelirin kohorttaki bütün müşterilere bölümü.",
    ),
    "cohorts.complete": (
        "dönem tamam",
        "Dönemin sonuna kadar gözlenip gözlenmediği (True ya da False).",
    ),
    "channels.channel": ("kanal", "Verideki adıyla kanal."),
    "last_channels.last_channel": ("son siparişin kanalı", "Verideki adıyla son siparişin kanalı."),
    "categories.category": ("kategori", "Verideki adıyla kategori; liste boşsa (yok)."),
    "store_types.store_type": ("mağaza türü", "Verideki adıyla mağaza türü; hiç yoksa (yok)."),
    "channels.orders_sum": (
        "toplam sipariş",
        "Bu müşterilerin bugüne kadarki siparişleri, bütün kanallarda.",
    ),
    "channels.orders_mean": (
        "toplam sipariş, ortalama",
        "Müşteri başına bugüne kadarki ortalama sipariş sayısı.",
    ),
    "channels.spend_sum": (
        "toplam harcama",
        "Bu müşterilerin bugüne kadarki harcaması, bütün kanallarda.",
    ),
    "channels.spend_mean": (
        "toplam harcama, ortalama",
        "Müşteri başına bugüne kadarki ortalama harcama.",
    ),
    "campaigns.rule": ("kural", "Kampanyanın kime yönelik olduğu, sözle."),
    "campaigns.expected_purchases": (
        "beklenen alışveriş",
        "Bu müşterilerden dönem içinde beklenen alışveriş.",
    ),
    "campaigns.expected_revenue": (
        "kampanyasız beklenen gelir",
        "Bu müşterilerden, kampanya olmadan, en uzun dönemde beklenen gelir; iskontolu.",
    ),
    "campaigns.discount": ("indirim", "Kampanyadaki indirimin fiyat içindeki payı."),
    "campaigns.revenue_after_discount": (
        "kampanyasız gelir, indirim düşülmüş",
        "Kampanya olmadan beklenen gelirin, her alışverişe indirim uygulanmış hâli.",
    ),
    "campaigns.margin": ("kâr marjı", "Kârın tam fiyat içindeki payı."),
    "campaigns.expected_margin": (
        "beklenen kâr",
        "Beklenen gelirden indirim ve mal maliyeti düşülünce kalan.",
    ),
    "campaigns.file": ("dosya", "Müşteri numaralarının bulunduğu dosya."),
    "totals.horizon": ("dönem", "Tahminin ne kadar ileriye baktığı."),
    "totals.length": ("uzunluk", "Dönemin uzunluğu."),
    "totals.revenue": ("beklenen gelir", "Dönem içinde beklenen gelir, iskontolu."),
}
