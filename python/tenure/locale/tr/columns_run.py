"""Turkish headings and meanings of columns about the data, the models and the run."""

TEXTS: dict[str, tuple[str, str]] = {
    "models.model": ("model", "Satın alma modelinin adı."),
    "models.chosen": ("seçilen", "Çalıştırmanın rakamlarının bu modelden gelip gelmediği."),
    "models.log_likelihood": (
        "log-olabilirlik",
        "Verinin olabilirliğinin logaritması; yüksek olan daha iyi uyar.",
    ),
    "models.aic_difference": (
        "en iyiye göre AIC farkı",
        "Akaike ölçütünün en iyi uyumunkinden farkı; 2 ve altı eşitlik sayılır.",
    ),
    "models.not_identified": ("belirlenemeyen", "Verilerin belirleyemediği parametreler."),
    "models.p_alive_mean": ("P(aktif), ortalama", "Hâlâ müşteri olma olasılığının ortalaması."),
    "models.expected_purchases_{horizon}": (
        "beklenen alışveriş, {horizon}, bütün müşteriler",
        "Bütün müşterilerden {horizon} içinde beklenen alışveriş.",
    ),
    "models.holdout_error": (
        "sınama hatası",
        (
            "Verinin ilk bölümünden son bölümü için tahmin edilen alışverişin yapılana"
            " oranı eksi 1; sınama yoksa boş."
        ),
    ),
    "models.holdout_rmse": (
        "müşteri başına sınama hatası",
        ("Müşteri başına tahmin edilen ve yapılan alışverişin farkının karekök ortalaması."),
    ),
    "models.reason": ("gerekçe", "Modelin neden seçildiği ya da seçilmediği."),
    "summary.what": ("ne", "Rakamın ne olduğu."),
    "summary.value": ("değer", "Rakam ya da ayar; birimi satırında yazar."),
    "settings.setting": ("ayar", "Ayarın adı."),
    "profile.column": ("sütun", "Sütunun adı."),
    "profile.type": ("tür", "Değerlerin türü: tam sayı, sayı, tarih, evet/hayır ya da metin."),
    "profile.values": ("dolu", "Değeri olan satırlar."),
    "profile.missing": ("eksik", "Değeri olmayan satırlar."),
    "profile.missing_share": (
        "eksiklerin payı",
        "Değeri olmayan satırların bütün satırlar içindeki payı.",
    ),
    "profile.distinct": ("farklı değer", "Birbirinden farklı değerler."),
    "profile.minimum": ("en küçük", "En küçük sayı."),
    "profile.q01": ("%1 kantili", "Sayıların %1'i bunun altında ya da buna eşit."),
    "profile.q05": ("%5 kantili", "Sayıların %5'i bunun altında ya da buna eşit."),
    "profile.q25": ("%25 kantili", "Sayıların dörtte biri bunun altında ya da buna eşit."),
    "profile.median": ("medyan", "Sayıların yarısı bunun altında ya da buna eşit."),
    "profile.q75": ("%75 kantili", "Sayıların dörtte üçü bunun altında ya da buna eşit."),
    "profile.q95": ("%95 kantili", "Sayıların %95'i bunun altında ya da buna eşit."),
    "profile.q99": ("%99 kantili", "Sayıların %99'u bunun altında ya da buna eşit."),
    "profile.maximum": ("en büyük", "En büyük sayı."),
    "profile.mean": ("ortalama", "Sayıların ortalaması."),
    "profile.standard_deviation": ("standart sapma", "Sayıların standart sapması (n − 1)."),
    "profile.first_date": ("ilk tarih", "En erken tarih."),
    "profile.last_date": ("son tarih", "En geç tarih."),
    "profile.most_frequent": (
        "en sık değerler",
        "En sık görülen değerler ve sayıları; yinelenen yoksa boş.",
    ),
    "first_rows.{any}": ("{any}", "Verideki hâliyle sütun."),
    "parameters.parameter": ("parametre", "Parametrenin adı."),
    "parameters.coef": ("kestirim", "Parametrenin kestirimi."),
    "parameters.se(coef)": ("standart hata", "Kestirimin standart hatası."),
    "parameters.lower 95% bound": ("alt %95 sınırı", "%95 güven aralığının alt sınırı."),
    "parameters.upper 95% bound": ("üst %95 sınırı", "%95 güven aralığının üst sınırı."),
    "warnings.code": ("kod", "Uyarı türünün kodu: docs/warnings.md içindeki bölümü."),
    "warnings.details": ("ayrıntı", "Uyarının dayandığı rakamlar ve nedenler (İngilizce)."),
    "warnings.kind": ("tür", "Uyarının sınıfı."),
    "warnings.title": ("başlık", "Uyarının konusu."),
    "warnings.text": ("metin", "Uyarının kendisi."),
    "columns.table": ("tablo", "Sütunun bulunduğu dosya ya da sayfa."),
    "columns.heading": ("başlık", "Sütunun okurlar için başlığı."),
    "columns.meaning": ("anlam", "Sütunun anlamı."),
    "columns.unit": ("birim", "Değerlerinin birimi."),
    "columns.kind": (
        "tür",
        (
            "Değerlerinin türü: count (adet), money (tutar), share (pay), number (sayı),"
            " date (tarih) ya da text (metin)."
        ),
    ),
}
