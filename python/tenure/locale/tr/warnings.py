"""Turkish heading and meaning of each class of warnings."""

TEXTS: dict[str, tuple[str, str]] = {
    "TenureWarning": ("Bir uyarı", "Rakamları kullanmadan önce aşağıdaki ayrıntıyı okuyun."),
    "DataWarning": (
        "Verilerde rakamları etkileyen bir durum var",
        "Bazı satırlar değiştirildi ya da sonuçları etkileyecek değerler içeriyor.",
    ),
    "RefundWarning": (
        (
            "İadeler alışverişlerden düşüldü ya da dışarıda bırakıldı; iade olmayan negatif"
            " tutarları önceden çıkarın"
        ),
        "Negatif tutarlar alışverişlerden düşüldü; kalan iadeler hesaba katılmadı.",
    ),
    "CollapseWarning": (
        "Aynı döneme düşen alışverişler tek sayıldı",
        "Model dönem başına bir alışveriş sayar; aynı dönemdekiler birleştirildi.",
    ),
    "DuplicateCustomerWarning": (
        "Bir müşteri birden çok satırda yer alıyor",
        ("Müşteri başına tek satır beklenir; yinelenenlerin nasıl ele alındığı ayrıntıda."),
    ),
    "SameDayWarning": (
        (
            "Birden çok siparişinin hepsi aynı güne düşen müşteriler var; tahminleri"
            " zayıftır. Bir günün siparişleri tek alışverişse öyle sayın"
        ),
        (
            "İlk ve son siparişleri aynı gün; model bunları bir anda yapılmış tekrar"
            " alışverişler olarak görür, bir alışveriş hızı bunu iyi açıklamaz."
        ),
    ),
    "TruncatedFrequencyWarning": (
        "Kesirli sıklıklar tam sayıya indirildi",
        "Sıklık bir alışveriş sayısıdır; virgülden sonrası atıldı.",
    ),
    "UnitWarning": (
        "Bir dönem, adının düşündürdüğünden başka bir birimde",
        ("Hafta ile ay birbirine karışmasın diye hangi birimin kullanıldığı ayrıntıda yazıyor."),
    ),
    "ModelWarning": (
        "Bir model ya da tahmin olduğu gibi kabul edilmemeli",
        "Ne olduğunu ve ne yapılabileceğini ayrıntıda bulabilirsiniz.",
    ),
    "NotIdentifiedWarning": (
        (
            "Bazı parametreler verilerden belirlenemiyor; tahminler birer üst sınır"
            " olabilir. Ayrılanları da içeren, bütün müşterilerin işlem verisiyle kurun"
        ),
        (
            "Bu parametrelerin farklı değerleri veriye eşit ölçüde uyuyor; onlara dayanan"
            " sonuçlar, örneğin hâlâ müşteri olma olasılığı, birer üst sınır olarak"
            " okunmalı."
        ),
    ),
    "ConvergenceWarning": (
        "Kestirim kullanılabilir, ama en yüksek noktaya tam ulaşmadı",
        "Tahminler biraz sapmış olabilir, standart hatalara güvenilmez.",
    ),
    "ConventionWarning": (
        "Sayma biçimi modelin kastettiğinden farklı",
        ("Model tekrar alışverişleri sayar; bütün siparişleri saymak gelir tahminini şişirir."),
    ),
    "SelectedSampleWarning": (
        (
            "Tablodaki müşteriler alışverişlerine göre seçilmiş; tekrar hızları ve değerler"
            " olduğundan yüksek çıkar. Tahmini bir sıralama olarak okuyun ya da bütün"
            " müşterilerle kurun"
        ),
        (
            "Yalnızca belli bir alışverişi olan müşteriler dosyada; model bunu bilmez ve"
            " tahminler olduğundan yüksek çıkabilir."
        ),
    ),
    "InfiniteMeanWarning": (
        "Harcama modelinin sonlu bir kitle ortalaması yok",
        (
            "q parametresi 1 ya da altında: alışverişi olmayan bir müşteri için beklenen"
            " tutar hesaplanamaz."
        ),
    ),
    "DependenceWarning": (
        (
            "Sipariş tutarı ile sıklık birlikte değişiyor; sık alışveriş yapanların"
            " beklenen tutarı ortalamaya çekilir. Sıklığı farklı grupları ayrı kurun"
        ),
        (
            "Harcama modeli ikisinin bağımsız olduğunu varsayar; sık alışveriş yapanların"
            " beklenen tutarını gerçekleşenle karşılaştırın."
        ),
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
