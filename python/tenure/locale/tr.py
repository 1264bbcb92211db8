"""Turkish: texts, units, phrases and warnings."""

from tenure.locale.tr_texts import TEXTS

__all__ = ["PHRASES", "TEXTS", "UNITS", "WARNINGS"]

UNITS = {
    "h": ("saat", "saat"),
    "d": ("gün", "gün"),
    "w": ("hafta", "hafta"),
    "m": ("ay", "ay"),
    "y": ("yıl", "yıl"),
}

PHRASES = {
    "(new)": "(yeni)",
    "(missing)": "(bilinmiyor)",
    "(none)": "(yok)",
    "(gone)": "(gitti)",
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
    "rows read": "okunan satır",
    "customers": "müşteri",
    "longest history in hours": "en uzun geçmiş, saat",
    "longest history in days": "en uzun geçmiş, gün",
    "longest history in weeks": "en uzun geçmiş, hafta",
    "longest history in months": "en uzun geçmiş, ay",
    "longest history in years": "en uzun geçmiş, yıl",
    "orders": "sipariş",
    "customers with one order": "tek siparişli müşteri",
    "total spend": "toplam harcama",
    "average order value": "ortalama sipariş tutarı",
    "not known": "bilinmiyor",
    "rows left out because they repeat another in every column": "her sütunda bir başkasını"
    " yinelediği için atılan satır",
    "customers with several orders, first and last on one day": "birkaç siparişinin ilki ve sonu"
    " aynı güne düşen müşteri",
    "customers with orders and a spend of 0": "siparişi olup hiç harcamamış müşteri",
    "rows without a customer, left out": "müşterisi olmadığı için atılan satır",
    "rows without a date, left out": "tarihi olmadığı için atılan satır",
    "rows after the end of the observation, left out": "gözlem döneminden sonra olduğu için atılan"
    " satır",
    "rows of the same customer and day, counted as one purchase": "aynı müşterinin aynı"
    " gününde olup tek alışveriş sayılan satır",
    "purchase days counted together with another one": "başka bir günle birlikte sayılan alışveriş"
    " günü",
    "refunds (negative amounts)": "iade (negatif tutar)",
    "purchases refunded in full": "tamamı iade edilen alışveriş",
    "refunds that exceed what the table has as paid": "tabloda ödenenden fazla olan iade",
    "purchases with an amount of 0": "tutarı sıfır olan alışveriş",
    "source": "kaynak",
    "preset": "hazır düzen",
    "analysis date": "analiz tarihi",
    "period": "dönem birimi",
    "convention": "sayma biçimi",
    "cap outliers": "aykırı değerleri sınırla",
    "ties": "eşit değerler",
    "purchase model": "satın alma modeli",
    "models": "modeller",
    "models sha256": "modellerin SHA-256 özeti",
    "models fitted to": "modellerin verisinin son günü",
    "models age days": "modellerin yaşı (gün)",
    "purchase model chosen": "seçilen satın alma modeli",
    "purchase penalizer": "satın alma modelinin cezası",
    "spend penalizer": "harcama modelinin cezası",
    "horizons": "tahmin dönemleri",
    "segment names": "segment adları",
    "value segments": "değer segmentleri",
    "discount rate": "aylık iskonto oranı",
    "date format": "tarih biçimi",
    "dayfirst": "önce gün",
    "customers left without a purchase, left out": "alışverişi kalmadığı için atılan müşteri",
}

WARNINGS = {
    "TenureWarning": ("Bir uyarı", "Rakamları kullanmadan önce aşağıdaki ayrıntıyı okuyun."),
    "DataWarning": (
        "Verilerde rakamları etkileyen bir durum var",
        "Bazı satırlar değiştirildi ya da sonuçları etkileyecek değerler içeriyor.",
    ),
    "RefundWarning": (
        "İadeler alışverişlerden düşüldü ya da dışarıda bırakıldı; iade olmayan negatif tutarları"
        " önceden çıkarın",
        "Negatif tutarlar alışverişlerden düşüldü; kalan iadeler hesaba katılmadı.",
    ),
    "CollapseWarning": (
        "Aynı döneme düşen alışverişler tek sayıldı",
        "Model dönem başına bir alışveriş sayar; aynı dönemdekiler birleştirildi.",
    ),
    "DuplicateCustomerWarning": (
        "Bir müşteri birden çok satırda yer alıyor",
        "Müşteri başına tek satır beklenir; yinelenenlerin nasıl ele alındığı ayrıntıda.",
    ),
    "SameDayWarning": (
        "Birden çok siparişinin hepsi aynı güne düşen müşteriler var; tahminleri zayıftır. Bir"
        " günün siparişleri tek alışverişse öyle sayın",
        "İlk ve son siparişleri aynı gün; model bunları bir anda yapılmış tekrar alışverişler"
        " olarak görür, bir alışveriş hızı bunu iyi açıklamaz.",
    ),
    "TruncatedFrequencyWarning": (
        "Kesirli sıklıklar tam sayıya indirildi",
        "Sıklık bir alışveriş sayısıdır; virgülden sonrası atıldı.",
    ),
    "UnitWarning": (
        "Bir dönem, adının düşündürdüğünden başka bir birimde",
        "Hafta ile ay birbirine karışmasın diye hangi birimin kullanıldığı ayrıntıda yazıyor.",
    ),
    "ModelWarning": (
        "Bir model ya da tahmin olduğu gibi kabul edilmemeli",
        "Ne olduğunu ve ne yapılabileceğini ayrıntıda bulabilirsiniz.",
    ),
    "NotIdentifiedWarning": (
        "Bazı parametreler verilerden belirlenemiyor; tahminler birer üst sınır olabilir."
        " Ayrılanları da içeren, bütün müşterilerin işlem verisiyle kurun",
        "Bu parametrelerin farklı değerleri veriye eşit ölçüde uyuyor; onlara dayanan sonuçlar,"
        " örneğin hâlâ müşteri olma olasılığı, birer üst sınır olarak okunmalı.",
    ),
    "ConvergenceWarning": (
        "Kestirim kullanılabilir, ama en yüksek noktaya tam ulaşmadı",
        "Tahminler biraz sapmış olabilir, standart hatalara güvenilmez.",
    ),
    "ConventionWarning": (
        "Sayma biçimi modelin kastettiğinden farklı",
        "Model tekrar alışverişleri sayar; bütün siparişleri saymak gelir tahminini şişirir.",
    ),
    "SelectedSampleWarning": (
        "Tablodaki müşteriler alışverişlerine göre seçilmiş; tekrar hızları ve değerler olduğundan"
        " yüksek çıkar. Tahmini bir sıralama olarak okuyun ya da bütün müşterilerle kurun",
        "Yalnızca belli bir alışverişi olan müşteriler dosyada; model bunu bilmez ve tahminler"
        " olduğundan yüksek çıkabilir.",
    ),
    "InfiniteMeanWarning": (
        "Harcama modelinin sonlu bir kitle ortalaması yok",
        "q parametresi 1 ya da altında: alışverişi olmayan bir müşteri için beklenen tutar"
        " hesaplanamaz.",
    ),
    "DependenceWarning": (
        "Sipariş tutarı ile sıklık birlikte değişiyor; sık alışveriş yapanların beklenen tutarı"
        " ortalamaya çekilir. Sıklığı farklı grupları ayrı kurun",
        "Harcama modeli ikisinin bağımsız olduğunu varsayar; sık alışveriş yapanların beklenen"
        " tutarını gerçekleşenle karşılaştırın.",
    ),
    "SkippedOutputWarning": (
        "Bir çıktı, gereken kitaplık kurulu olmadığı için yazılmadı",
        "Neyin kurulacağı ayrıntıda yazıyor.",
    ),
    "IgnoredArgumentWarning": (
        "Bir seçenek uyumluluk için kabul edildi, etkisi yok",
        "Sonuçlar bu seçenekten bağımsızdır.",
    ),
    "AlreadyImportedWarning": (
        "Asıl lifetimes paketi tenure'dan önce yüklenmiş",
        "Betiğin bir bölümü eski paketi kullanıyor olabilir.",
    ),
}
"""A heading and a sentence for each class; the warning itself stands below in English."""
