"""Turkish titles and contents of tables, and of columns that the caller names."""

TEXTS: dict[str, tuple[str, str]] = {
    "forecast": ("Müşteriler", "Müşteri başına bir satır: modelin gördüğü özet ve tahmin."),
    "customers": ("Bütün müşteriler", "Müşteri başına bir satır: segmentler, RFM ve tahmin."),
    "rfm": (
        "RFM puanları",
        "Müşteri başına bir satır: yenilik, sıklık, parasal değer ve puanları.",
    ),
    "segments": (
        "Segmentler",
        "Segment başına bir satır: büyüklük, ortalamalar ve beklenen gelir.",
    ),
    "value_segments": ("Değer segmentleri", "Değer segmenti başına bir satır."),
    "rfm_segments": ("RFM segmentleri", "RFM segmenti başına bir satır."),
    "insights": ("Öne çıkanlar", "Segment başına bir satır: öne çıkanlar ve dayandığı rakamlar."),
    "cohorts": (
        "Kohortlar",
        "Kohort ve yaş başına bir satır: geri gelen müşteriler ve harcamaları.",
    ),
    "channels": ("Kanallar", "Kanal başına bir satır."),
    "channels_by_segment": ("Segmente göre kanallar", "Segment ve kanal başına bir satır."),
    "last_channels": ("Son kanallar", "Son siparişin kanalı başına bir satır."),
    "last_channels_by_segment": (
        "Segmente göre son kanallar",
        "Segment ve son siparişin kanalı başına bir satır.",
    ),
    "categories": (
        "Kategoriler",
        (
            "Kategori başına bir satır; müşteri, kategorilerinin her birinde sayılır, bu"
            " yüzden satırların toplamı bütün müşterilerden fazladır."
        ),
    ),
    "categories_by_segment": (
        "Segmente göre kategoriler",
        ("Segment ve kategori başına bir satır; müşteri, kategorilerinin her birinde sayılır."),
    ),
    "store_types": (
        "Mağaza türleri",
        (
            "Mağaza türü başına bir satır; müşteri, alışveriş yaptığı her türde sayılır, bu"
            " yüzden satırların toplamı bütün müşterilerden fazladır."
        ),
    ),
    "store_types_by_segment": (
        "Segmente göre mağaza türleri",
        ("Segment ve mağaza türü başına bir satır; müşteri, alışveriş yaptığı her türde sayılır."),
    ),
    "top_orders": ("En çok sipariş", "Bugüne kadar en çok sipariş veren müşteriler."),
    "top_revenue": ("En çok harcama", "Bugüne kadar en çok harcayan müşteriler."),
    "movement": ("Hareket", "Önceki (satır) ve bugünkü (sütun) segmente göre müşteriler."),
    "moves": (
        "Yer değiştirenler",
        "İki çalıştırma arasında yer değiştiren her müşteri için bir satır.",
    ),
    "campaigns": ("Kampanyalar", "Kampanya başına bir satır: kural, erişim ve beklenenler."),
    "targets": ("Hedef listeleri", "Müşteri ve kampanya başına bir satır."),
    "target_list": ("Hedef listesi", "Bir kampanyanın müşterileri."),
    "profile": ("Veri profili", "Okunan tablonun her sütunu için bir satır."),
    "first_rows": ("İlk satırlar", "Okunan tablonun ilk on satırı."),
    "summary": ("Özet", "Başlıca rakamlar ve çalıştırmanın ayarları."),
    "quality": ("Veri kalitesi", "Ne okundu, üzerinde ne yapıldı."),
    "warnings": ("Uyarılar", "Uyarı başına bir satır."),
    "totals": ("Bütün müşterilerin tahmini", "Dönem başına bir satır."),
    "models": (
        "Model karşılaştırması",
        "Her satın alma modeli için bir satır: uyum, tahmin, gerekçe.",
    ),
    "parameters": ("Parametreler", "Modelin her parametresi için bir satır."),
    "settings": ("Ayarlar", "Çalıştırmanın her ayarı için bir satır."),
    "columns": ("Sütunlar", "Sütun başına bir satır: anlamı ve birimi."),
    "key.customer": ("müşteri", "Verideki müşteri numarası."),
}
