"""Turkish texts of the report page and the workbook."""

TEXTS: dict[str, str] = {
    "percent": "%{value}",
    "mean": "ortalama",
    "yes": "evet",
    "no": "hayır",
    "title": "Müşteri yaşam boyu değeri ve segmentler",
    "skip": "İçeriğe geç",
    "contents": "Bölümler",
    "theme": "Açık ya da koyu",
    "made": (
        "tenure {version} ile hazırlandı. Bu sayfa gereken her şeyi içerir, ağa hiçbir"
        " istek göndermez."
    ),
    "subtitle.customers": "{count} müşteri",
    "subtitle.date": "{date} itibarıyla",
    "table.of": "Bu grafiğin rakamları",
    "table.more": "Sağda başka sütunlar var: yana kaydırın",
    "figure.summary": "Özet",
    "figure.customers": "müşteri",
    "figure.revenue": "{horizon} içinde beklenen gelir, iskontolu",
    "figure.purchases": "{horizon} içinde beklenen alışveriş",
    "figure.alive": "hâlâ müşteri olma olasılığı, ortalama",
    "figure.overdue": (
        "tekrar alışveriş yapanların, olağan aralığının iki katından uzun süredir"
        " sipariş vermeyen payı"
    ),
    "figure.spent": "bugüne kadarki harcama",
    "figure.order": "ortalama sipariş tutarı",
    "figure.top": "beklenen gelirin en değerli %20 müşteriden gelen payı",
    "figure.top_purchases": "beklenen alışverişin en değerli %20 müşteriden gelen payı",
    "figure.since": "son siparişten bu yana geçen gün (medyan)",
    "figure.since_gap": (
        "son siparişten bu yana geçen gün (medyan); bir müşterinin siparişleri"
        " arasındaki olağan aralık {gap} gün (medyan)"
    ),
    "data.title": "Veriler",
    "data.quality": "Ne okundu, üzerinde ne yapıldı",
    "data.profile": "Okunduğu hâliyle sütunlar",
    "data.first_rows": "Okunduğu hâliyle ilk satırlar",
    "data.numbers": "Sayı içeren sütunların istatistikleri",
    "fit.title": "Modeller",
    "fit.two": (
        "Tahmin iki modele dayanır: biri müşterilerin ne sıklıkla alışveriş yaptığını"
        " ve hâlâ yapıp yapmadığını, öteki bir alışverişin ne getirdiğini anlatır."
    ),
    "fit.purchase": "{model}: ne sıklıkla",
    "fit.spend": "{model}: ne kadar",
    "fit.good": "Model çekincesiz uydu.",
    "fit.reserved": "Model uydu, ama çekincelerle.",
    "fit.unsharp": "Kestirim, en yüksek olabilirliğe tam ulaşamadı.",
    "fit.evidence": (
        "{customers} müşteri, log-olabilirlik {likelihood}, {evaluations} değerlendirme."
    ),
    "fit.alive_same": "P(aktif) bütün müşteriler için {low}.",
    "fit.alive_range": "P(aktif) {low} ile {high} arasında.",
    "fit.undetermined": "Verilerin belirlemediği parametreler: {names}.",
    "fit.independent": "Sipariş tutarı ile sıklık yeterince bağımsız (Spearman rho {rho}).",
    "fit.see": "Bunun anlamı yukarıdaki uyarılarda.",
    "fit.parameters": "{model} parametreleri",
    "fit.unknown": "belirlenemedi",
    "fit.compared": "Satın alma modellerinin karşılaştırması",
    "check.title": "Model ve müşteriler karşılaştırması",
    "check.lead": (
        "Bir modele, bilineni tekrarlayabildiği ölçüde güvenilir. Grafikler, gözlenen"
        " müşterileri modelin onlardan beklediğiyle karşılaştırır."
    ),
    "check.frequency": "Tekrar alışveriş sayısına göre müşteriler",
    "check.frequency_alt": (
        "Çubuklar: her tekrar alışveriş sayısındaki müşteriler, gerçekleşen ve beklenen"
        " yan yana. İkisi {count} müşteride {differ} müşteri kadar ayrışıyor."
    ),
    "check.repeat": "tekrar alışveriş",
    "check.customers": "müşteri",
    "check.actual": "gerçekleşen",
    "check.model": "model",
    "check.tracking_alt": (
        "Çizgiler: tekrar alışverişler, gerçekleşen ve beklenen. Sonunda {actual}"
        " gerçekleşti, {expected} bekleniyordu."
    ),
    "check.time": "ilk alışverişten bu yana geçen {unit}",
    "check.alive_map": "Hâlâ müşteri olma olasılığı",
    "check.value_map": "Ortalama {value}",
    "check.map_alt": (
        "Isı haritası: tekrar alışveriş sayısı ve son alışverişten bu yana geçen süreye"
        " göre {value}; minimum {minimum}, maksimum {maximum}."
    ),
    "check.map_note": "Her hücre, içindeki müşterilerin ortalamasıdır; boş hücrede müşteri yoktur.",
    "check.inactivity": "son alışverişten bu yana geçen ay",
    "check.from_to": "{low}–{high}",
    "check.no_charts": (
        "Grafikler yok: gereken kitaplıkları, tenure kaynak klasöründe çalıştırılan"
        " {command} kurar."
    ),
    "check.cumulative_purchases": "Toplam tekrar alışveriş",
    "check.incremental_purchases": "Dönem başına tekrar alışveriş",
    "check.no_alive": "P(aktif) çizilmedi: bu kestirimde müşteriler hakkında bilgi taşımıyor.",
    "forecast.periods": "{value} dönem",
    "segments.title": "Değer segmentleri",
    "segments.lead": (
        "Müşteriler şuna göre gruplandı: {value}. Değeri eşit olanlar aynı grupta kalır."
    ),
    "segments.chart": "Değer segmentine göre müşterilerdeki ve beklenen değerdeki pay",
    "segments.alt": (
        "Çubuklar: her segmentin müşterilerdeki payı ile {value} içindeki payı yan"
        " yana. {segment}: müşterilerde {customers}, {value} içinde {share}."
    ),
    "segments.customers": "müşteri",
    "segments.figures": "Segmentlerin rakamları",
    "segments.advice": "Her segmentte ne yapmalı",
    "segments.unit": "pay, %",
    "segments.segment": "segment",
    "segments.basis": "Önerilerin dayandığı rakamlar",
    "segments.revenue_share": "beklenen gelir",
    "segments.purchases_share": "beklenen alışveriş",
    "rfm.title": "RFM segmentleri",
    "rfm.lead": (
        "Puanlar kantillere göre: yenilik (son siparişten bu yana geçen gün; en yüksek"
        " puan en yeni), sıklık (sipariş sayısı) ve parasal değer (harcama). Segmentler"
        " yenilik ve sıklık puanından oluşur."
    ),
    "rfm.chart": "RFM segmentine göre müşterilerdeki ve beklenen değerdeki pay",
    "tables.title": "Kanallar, kategoriler ve en iyi müşteriler",
    "tables.channels": "Kanala göre",
    "tables.top_revenue": "Bugüne kadarki gelire göre en iyi müşteriler",
    "tables.top_orders": "Bugüne kadarki sipariş sayısına göre en iyi müşteriler",
    "tables.best": "Beklenen değere göre ilk {count} müşteri",
    "tables.customers": "En iyi müşteriler",
    "tables.last_channels": "Son siparişin kanalına göre",
    "tables.categories": "Kategoriye göre (müşteri, ilgilendiği her kategoride sayılır)",
    "tables.store_types": "Mağaza türüne göre (müşteri, alışveriş yaptığı her türde sayılır)",
    "tables.crossed": "{table}: {segment} bazında müşteri",
    "campaigns.title": "Kampanyalar",
    "campaigns.overlap": "İki listede ortak olan müşteriler",
    "campaigns.download": "{name} kampanyasının müşteri numaralarını indir",
    "campaigns.short": "{file} dosyasını indir",
    "campaigns.lists": (
        "Hedef listeleri; bu müşterilerin kampanya olmadan {horizon} içinde yapması"
        " beklenen alışveriş ve getireceği gelir"
    ),
    "campaigns.lead": (
        "Beklenen gelir, bu müşterilerin kampanya olmadan getirmesi beklenen gelirdir."
        " Kampanyanın etkisi değildir: etki ancak bir kontrol grubuyla ölçülür."
    ),
    "cohorts.title": "Kohortlar",
    "cohorts.lead": (
        "İlk alışverişlerinin ayına göre müşteriler ve sonraki aylarda yaptıkları."
        " Henüz gözlenmemiş hücreler boştur."
    ),
    "cohorts.incomplete": "Son ay henüz bitmedi: rakamları daha artacak.",
    "cohorts.retention": (
        "Yeniden alışveriş yapan müşteriler, ilk alışverişten sonraki aya göre (%)"
    ),
    "cohorts.age": "ilk alışverişten bu yana geçen ay",
    "cohorts.cohort": "ilk alışveriş",
    "cohorts.alt": (
        "Isı haritası: son {cohorts} kohort, ilk alışverişten bu yana geçen aylara"
        " göre. {value}; minimum {minimum}, maksimum {maximum}."
    ),
    "cohorts.survival": (
        "Hâlâ aktif olması beklenen müşteriler, ilk alışverişten sonraki aya göre (%, model)"
    ),
    "cohorts.cohort_revenue": "Müşteri başına toplam gelir",
    "movement.title": "Son çalıştırmadan bu yana hareket",
    "movement.lead": (
        "{risers} müşteri daha iyi bir değer segmentine yükseldi, {fallers} müşteri"
        " düştü, {new} müşteri yeni, {gone} müşteri artık veride yok."
    ),
    "movement.table": "Önceki (satır) ve bu (sütun) çalıştırmadaki segmente göre müşteriler",
    "movement.from": "önceki",
    "movement.both": (
        "İki çalıştırmada da bulunan {both} müşteriden yükselen {risen}"
        " ({risen_share}), düşen {fallen} ({fallen_share}), yerinde kalan {same}"
        " ({same_share}). Yeni: {new}; ayrılan: {gone}."
    ),
    "movement.move": "{previous} → {current}: {customers}",
    "movement.largest": "En büyük hareketler: {moves}.",
    "customers.title": "Bütün müşteriler",
    "customers.some": (
        "{count} müşteriden en değerli {shown} tanesi. Tamamı forecast.csv dosyasında."
    ),
    "customers.every": (
        "Bütün müşteriler, en değerliden başlayarak. Her sütuna göre sıralayın, segment"
        " ya da kampanyaya göre süzün; indirilen dosyada bulunan satırlar, göründükleri"
        " sırayla yer alır."
    ),
    "customers.caption": "Müşteriler ve onlardan beklenenler",
    "customers.first": (
        "İlk {count} satır; sıralama, arama ve indirme için JavaScript ve tenure kaynak"
        " klasöründe çalıştırılan {command} ile kurulan kitaplıklar gerekir."
    ),
    "customers.search": "Müşteri numarası",
    "customers.download": "csv olarak indir",
    "customers.info": "_TOTAL_ satırdan _START_–_END_",
    "customers.empty": "Müşteri bulunamadı",
    "customers.filtered": "(toplam _MAX_)",
    "customers.page": "Sayfa başına satır",
    "customers.first_page": "İlk sayfa",
    "customers.last_page": "Son sayfa",
    "customers.next_page": "Sonraki sayfa",
    "customers.previous_page": "Önceki sayfa",
    "customers.sort": ": sıralamak için etkinleştirin",
    "customers.how": (
        "Yazılanla başlayan numaraları, dört karakterden itibaren onu içerenleri bulur."
    ),
    "customers.any": "tümü",
    "customers.paper": "Kâğıtta: tablonun ilk satırları. Tamamı sayfada.",
    "method.title": "Rakamlar nasıl hesaplandı",
    "method.months": (
        "Bir ay 30,4375 gündür. Tekrar alışveriş, ilkinden sonraki her alışveriştir;"
        " satın alma modeli bunları sayar."
    ),
    "method.spend": (
        "Harcama modeli, müşterinin ortalama siparişini oluşturan alışverişleri sayar."
        " Gelir, her ayın sonundan başlayarak aylık olarak iskonto edilir; maliyet"
        " düşülmez."
    ),
    "method.settings": "Bu çalıştırmanın ayarları",
    "models.asked": "adıyla istendi; ötekiler kestirilmedi",
    "models.saved": "{file} dosyasından okundu, kestirilmedi",
    "models.saved_date": "{file} dosyasından okundu, {date} tarihine kadarki veriyle kestirilmiş",
    "models.scripts": "convention='total' betikleri yineler, onlar BG/NBD kullanır",
    "models.only": "kestirilebilen tek model",
    "models.likelihood": "en yüksek log-olabilirlik, {other} modelinden {difference} fazla",
    "models.identified": "{others} kadar iyi uyuyor ve parametreleri belirlenebiliyor",
    "models.holdout": "{others} kadar iyi uyuyor ve sınama hatası en küçük",
    "models.informative": (
        "{others} kadar iyi uyuyor; P(aktif) değeri tanım gereği ya da bütün müşterilerde 1 değil"
    ),
    "models.order": "{others} kadar iyi uyuyor; sabit sıradaki ilki alındı",
    "models.degenerate": (
        "veriler ayrılma göstermiyor, bu yüzden {others} ile aynı model (NBD); sabit"
        " sıradaki ilki alındı"
    ),
    "models.equal": "aynı ölçüde iyi uyuyor; {other} alındı",
    "models.lower": "log-olabilirlik {other} modelinden {difference} düşük",
    "models.failed": "kestirilemediği için dışarıda: {error}",
    "sheet.cut": (
        "{count} satırdan ilk {shown} tanesi; bir sayfaya daha fazlası sığmaz. Tamamı"
        " {file} dosyasında."
    ),
    "trust.title": "Rakamlara ne kadar güvenilebilir",
    "trust.some": (
        "Bu sayfadaki rakamları etkileyenler, birer satırla; nedeni ve çözümü için satırı açın."
    ),
    "trust.none": "Verilerde ya da modellerde uyarı gerektiren bir şey yok.",
    "trust.page": "Ayrıntı:",
    "trust.pointer": "Bu rakamları etkileyen uyarı sayısı: {count}",
    "appendix.title": "Ek: veriler, modeller ve ayarlar",
    "chart.save": "{kind} olarak kaydet: {title}",
    "overview.title": "Ne yapmalı, ne getirir",
    "overview.totals": "Bütün müşterilerden birlikte beklenen",
    "overview.findings": "Bütün müşterilerde öne çıkanlar",
    "overview.money": (
        "Beklenen gelir bugüne iskonto edilmiştir; maliyet düşülmemiştir. Bir"
        " müşterinin değeri, en uzun dönemde o müşteriden beklenen gelirdir."
    ),
    "overview.counts": (
        "Tutar olmadığı için müşteriler, en uzun dönemde onlardan beklenen alışverişe"
        " göre sıralanır."
    ),
}
