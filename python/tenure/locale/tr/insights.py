"""Turkish sentences of the rules of insights: condition, finding and action.

Figures are put where they need no ending ("payı %25,6"): it would follow the sound of the number.
"""

TEXTS: dict[str, str] = {
    "few.condition": "{few} müşteriden az",
    "few.finding": "Yalnızca {customers} müşteri: ortalamalardan sonuç çıkarmak için çok az.",
    "few.action": "Tek tek inceleyin; yalnızca bu segmente dayanan bir kampanya kurmayın.",
    "slipping_away.condition": (
        "geçmiş değerdeki pay, müşterilerdeki payın en az {heavy} katı ve olağan"
        " aralığı olanlardan geciken pay en az {many_overdue}"
    ),
    "slipping_away.finding": (
        "Müşterilerdeki payı {share}, {past} payı {past_share}; ancak {rhythm}"
        " {overdue_count} tanesi ({overdue}) her zamanki aralığının {overdue_ratio}"
        " katından uzun süredir sipariş vermedi."
    ),
    "slipping_away.action": (
        "Önce bu müşterilere, gecikenlerden başlayarak kişisel olarak ulaşın; indirim"
        " önermeden önce neden bıraktıklarını sorun."
    ),
    "fading.condition": (
        "geçmiş değerdeki pay en az {matters}, beklenen değerdeki pay bunun en çok"
        " {fading} katı ve bir ayrılma belirtisi: olağan aralığı olanlardan geciken pay"
        " en az {many_overdue} ya da aktif olmayanların payı en az {most_inactive} ya"
        " da ortalama P(aktif) {left} değerinin altında"
    ),
    "fading.finding": (
        "{customers} müşterinin {past} payı {past_share} iken {value} payı yalnızca {value_share}."
    ),
    "fading.action": (
        "Bir geri kazanma teklifini kontrol grubuyla sınayın; yalnızca kazandırıyorsa sürdürün."
    ),
    "core.condition": "beklenen değerdeki pay, müşterilerdeki payın en az {heavy} katı",
    "core.finding": "{customers} müşteri: müşterilerdeki payı {share}, {value} payı {value_share}.",
    "core.action": (
        "Elde tutun: hizmet, erken erişim ve yeni ürünler; gerek duymadıkları indirimi vermeyin."
    ),
    "gone.condition": "ortalama P(aktif) {left} değerinin altında (P(aktif) bilgi taşıyorsa)",
    "gone.finding": (
        "{customers} müşterinin çoğu büyük olasılıkla ayrıldı: hâlâ müşteri olma"
        " olasılığı ortalama {p_alive}."
    ),
    "gone.action": "Yalnızca otomatik ve düşük maliyetli iletişim; ücretli kampanyalara katmayın.",
    "overdue.condition": "olağan aralığı olanlardan geciken pay en az {most_overdue}",
    "overdue.finding": (
        "{rhythm} {overdue_count} tanesi ({overdue}), ortancası {usual_gap} gün olan"
        " her zamanki aralığının {overdue_ratio} katından uzun süredir sipariş vermedi."
    ),
    "overdue.action": "Şimdi hatırlatın; daha ucuz bir şeyle değil, yeni bir şeyle.",
    "inactive.condition": (
        "son siparişi, bütün müşterilerin olağan aralıklarının {long_gap} kantilinden (ve"
        " varsa kendi aralığının iki katından) eski olanların payı en az {most_inactive}"
    ),
    "inactive.finding": (
        "{customers} müşteriden {inactive_count} tanesi ({inactive}) {long_gap_days}"
        " günden uzun süredir sipariş vermedi; birden çok günde sipariş veren her on"
        " müşteriden dokuzu genellikle bu süre içinde yeniden sipariş verir."
    ),
    "inactive.action": (
        "Yeniden sipariş verene kadar yalnızca otomatik ve düşük maliyetli iletişim."
    ),
    "past_due.condition": (
        "son siparişten bu yana geçen günün olağan aralığa oranının medyanı en az {past_due}"
    ),
    "past_due.finding": (
        "Zamanı geçmiş: son siparişten bu yana geçen süre, ortanca olarak her zamanki"
        " aralığın {gap_ratio} katı ({customers} müşteriden {with_gap} tanesi; aralığın"
        " ortancası {usual_gap} gün)."
    ),
    "past_due.action": (
        "Bir sonraki kampanyadan önce hatırlatma gönderin; yanıt verenler düzenli programa dönsün."
    ),
    "bought_once.condition": "tek siparişi olanların payı en az {most_once}",
    "bought_once.finding": (
        "{customers} müşteriden {once_count} tanesi ({once}) yalnızca bir kez sipariş"
        " verdi: model onları yalnızca öteki müşterilerden tanıyor."
    ),
    "bought_once.action": (
        "İkinci siparişi kolaylaştırın: karşılama iletileri ve ilk ürünle birlikte giden ürünler."
    ),
    "rising.condition": (
        "kendi geçmiş hızının %97,5 üst sınırından daha sık sipariş vermesi beklenen"
        " müşterilerin payı en az {rising}"
    ),
    "rising.finding": (
        "Yükselişte: {customers} müşteriden {rising_count} tanesinin ({rising_share})"
        " kendi geçmiş hızının rastlantıyla açıklayabileceğinden daha sık sipariş"
        " vermesi bekleniyor."
    ),
    "rising.action": "Aktifken yatırım yapın: ilgili ürünler ve üyelik; ne kattığını sınayın.",
    "above_average.condition": "beklenen değerdeki pay, müşterilerdeki payın en az {above} katı",
    "above_average.finding": (
        "{customers} müşteri: müşterilerdeki payı {share}, {value} payı bunun üstünde:"
        " {value_share}."
    ),
    "above_average.action": (
        "Bir sonraki siparişi ödüllendirin: indirim yerine sadakat ayrıcalıkları ve üst ürün grubu."
    ),
    "little_value.condition": "beklenen değerdeki pay, müşterilerdeki payın en çok {light} katı",
    "little_value.finding": (
        "{customers} müşteri: müşterilerdeki payı {share}, {value} payı ise yalnızca {value_share}."
    ),
    "little_value.action": (
        "Otomatik iletişim; yalnızca denemede kazandırdığı görülen yere harcayın."
    ),
    "recent.condition": (
        "son siparişten bu yana geçen günün olağan aralığa oranının medyanı en çok {fresh}"
    ),
    "recent.finding": (
        "Yakın zamanda sipariş verdiler: son siparişten bu yana geçen sürenin ortancası"
        " {days_since} gün ({customers} müşteri), her zamanki aralığın ortancası"
        " {usual_gap} gün ({with_gap} müşteri)."
    ),
    "recent.action": (
        "Son siparişin ardından ilgilenin: hizmet ve onunla birlikte giden ürünler;"
        " hatırlatmaya henüz gerek yok."
    ),
    "one_channel.condition": (
        "siparişleri tek kanalda olanların payı en az {most_one_channel} (siparişler"
        " kanallara göre biliniyorsa)"
    ),
    "one_channel.finding": (
        "{customers} müşteriden {one_channel_count} tanesi ({one_channel}) yalnızca tek"
        " kanaldan sipariş verdi."
    ),
    "one_channel.action": (
        "Öteki kanalı gösterin; kullanmaya başlayanların daha çok sipariş verip"
        " vermediğini sınayın."
    ),
    "large_baskets.condition": (
        "ortalama sipariş tutarı, bütün müşterilerinkinin en az {large_basket} katı"
    ),
    "large_baskets.finding": (
        "Siparişler büyük: {customers} müşteride sipariş başına ortalama {basket},"
        " bütün müşterilerde {basket_all}."
    ),
    "large_baskets.action": (
        "Üst ürün grubunu ve hizmeti önerin; indirim burada başka yerdekinden pahalıya gelir."
    ),
    "small_baskets.condition": (
        "ortalama sipariş tutarı, bütün müşterilerinkinin en çok {small_basket} katı"
    ),
    "small_baskets.finding": (
        "Siparişler küçük: {customers} müşteride sipariş başına ortalama {basket},"
        " bütün müşterilerde {basket_all}."
    ),
    "small_baskets.action": (
        "Sipariş tutarını büyütmek için setleri ve ücretsiz kargo sınırını deneyin."
    ),
    "steady.condition": "yukarıdakilerin hiçbiri",
    "steady.finding": (
        "Olağan dışı bir şey yok: {customers} müşteri, müşterilerdeki payı {share},"
        " {value} payı {value_share}."
    ),
    "steady.action": "Her müşterinin her zamanki aralığına göre zamanlanmış düzenli iletişim.",
    "no_dropout_seen.condition": "en küçük P(aktif) ile 1 arasındaki fark en çok {certain}",
    "no_dropout_seen.finding": (
        "P(aktif) {customers} müşterinin hepsi için 1: model ayrılan görmüyor, bu"
        " yüzden tahmin bir üst sınırdır."
    ),
    "no_dropout_seen.action": (
        "Bu rakamlardan bağlılık okumayın; bunun yerine son siparişten bu yana geçen"
        " günü her zamanki aralıkla karşılaştırın."
    ),
    "alive_by_construction.condition": (
        "tek siparişlilerin en küçük P(aktif) değeri ile 1 arasındaki fark en çok"
        " {certain}, ama bütün müşterilerinki değil"
    ),
    "alive_by_construction.finding": (
        "{customers} müşteriden tek siparişi olan {once_count} tanesi için P(aktif) 1:"
        " modelin varsayımı böyle, veriler bunu göstermiyor."
    ),
    "alive_by_construction.action": (
        "P(aktif) değerinden bağlılık okumayın; son siparişten bu yana geçen günü her"
        " zamanki aralıkla karşılaştırın ya da bu varsayımı yapmayan bir model seçin."
    ),
    "concentrated.condition": (
        "en değerli onda bir, beklenen değerin en az {concentrated} kadarını getiriyor"
    ),
    "concentrated.finding": (
        "En değerli onda bir, yani {customers} müşteriden {top_count} tanesi: {value}"
        " payı {top_share}."
    ),
    "concentrated.action": (
        "Bu müşterileri tanıyın; birini yitirmek, başka pek çoğunu yitirmek kadar pahalıdır."
    ),
    "spread.condition": (
        "en değerli onda bir, beklenen değerin {concentrated} değerinden azını getiriyor"
    ),
    "spread.finding": (
        "Değer geniş bir kitleye yayılmış: en değerli onda bir, yani {customers}"
        " müşteriden {top_count} tanesi: {value} payı {top_share}."
    ),
    "spread.action": (
        "Çoğunluk üzerinde çalışın: bütün müşterilerdeki küçük kazançlar, azınlığa"
        " yönelik bir programdan ağır basar."
    ),
    "gone_with_value.condition": (
        "P(aktif) yarımdan küçük olan müşteriler geçmiş değerin en az {gone_past}"
        " kadarını getirmiş (P(aktif) bilgi taşıyorsa)"
    ),
    "gone_with_value.finding": (
        "{customers} müşteriden {gone_count} tanesi ({probably_gone}) büyük olasılıkla"
        " ayrıldı; {past} payları {gone_past_share}."
    ),
    "gone_with_value.action": "Kupon göndermeden önce en iyilerinin neden ayrıldığını öğrenin.",
    "many_overdue.condition": "olağan aralığı olanlardan geciken pay en az {some_overdue}",
    "many_overdue.finding": (
        "{rhythm} {overdue_count} tanesi ({overdue}) kendi her zamanki aralığının"
        " {overdue_ratio} katından uzun süredir sipariş vermedi."
    ),
    "many_overdue.action": (
        "Hatırlatmaları takvime göre değil, müşterinin her zamanki aralığına göre zamanlayın."
    ),
    "many_bought_once.condition": "tek siparişlilerin payı en az {some_once}",
    "many_bought_once.finding": (
        "{customers} müşteriden {once_count} tanesi ({once}) bir kez sipariş verdi:"
        " modeller onları yalnızca öteki müşterilerden tanıyor."
    ),
    "many_bought_once.action": "İkinci sipariş için çalışın: sonrakilerin çoğunu o belirler.",
    "no_one_time_buyers.condition": "bütün müşteriler en az iki kez sipariş vermiş",
    "no_one_time_buyers.finding": (
        "Buradaki {customers} müşterinin hepsi en az iki kez sipariş vermiş: bir kez"
        " sipariş verenler verilerde yok."
    ),
    "no_one_time_buyers.action": (
        "Bu rakamları bütün müşterilere genellemeyin; müşteri listesinin tamamını isteyin."
    ),
    "value.money": "beklenen gelirdeki",
    "value.count": "beklenen alışverişlerdeki",
    "past.money": "geçmiş gelirdeki",
    "past.count": "geçmiş siparişlerdeki",
    "rhythm.all": "{customers} müşteriden",
    "rhythm.some": (
        "birden çok günde sipariş vermiş {some} müşteriden ({customers} müşteri içinde {some})"
    ),
}
