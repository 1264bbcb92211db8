"""The rules in the order in which they are tried, with their sentences.

Every sentence states the counts it rests on. Turkish puts figures where they need no ending ("payı
%25,6"): the ending would follow the sound of the number.
"""

from __future__ import annotations

from tenure.insights._rules import Figures, Rule, Thresholds

__all__ = ["RULES"]


def _rhythm(f: Figures, t: Thresholds) -> bool:
    """Return whether enough customers have a usual gap to draw on it."""
    return f["with_gap"] >= t.few and f["with_gap"] >= t.base * f["customers"]


def _overdue(f: Figures, share: float, t: Thresholds) -> bool:
    return _rhythm(f, t) and f["overdue"] >= share


def _dropping_out(f: Figures, t: Thresholds) -> bool:
    """Return whether the customers' orders, or an informative P(alive), show that they drop out."""
    return (
        _overdue(f, t.many_overdue, t)
        or f.get("inactive", 0.0) >= t.most_inactive
        or f["p_alive"] < t.left
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "few",
        "segment",
        "fewer than {few} customers",
        lambda f, t: f["customers"] < t.few,
        {
            "en": "Only {customers} customers: too few for conclusions from averages.",
            "tr": "Yalnızca {customers} müşteri: ortalamalardan sonuç çıkarmak için çok az.",
        },
        {
            "en": "Look at them one by one; do not build a campaign on this segment alone.",
            "tr": "Tek tek inceleyin; yalnızca bu segmente dayanan bir kampanya kurmayın.",
        },
    ),
    Rule(
        "slipping_away",
        "segment",
        "share of past value at least {heavy} times the share of customers, and at least "
        "{many_overdue} of those with a usual gap overdue",
        lambda f, t: f["past_share"] >= t.heavy * f["share"] and _overdue(f, t.many_overdue, t),
        {
            "en": "{share} of customers brought {past_share} of {past}, but {overdue_count}"
            " ({overdue}) of {rhythm} have waited more than {overdue_ratio} times their usual gap.",
            "tr": "Müşterilerdeki payı {share}, {past_in} payı {past_share}; ancak {rhythm_in}"
            " {overdue_count} tanesi ({overdue}) her zamanki aralığının {overdue_ratio} katından"
            " uzun süredir sipariş vermedi.",
        },
        {
            "en": "Contact them first and personally, starting with those who are overdue; ask why"
            " they stopped before offering a discount.",
            "tr": "Önce bu müşterilere, gecikenlerden başlayarak kişisel olarak ulaşın; indirim"
            " önermeden önce neden bıraktıklarını sorun.",
        },
    ),
    Rule(
        "fading",
        "segment",
        "at least {matters} of past value, a share of expected value at most {fading} times that, "
        "and a sign of dropout: at least {many_overdue} of those with a usual gap overdue, or at "
        "least {most_inactive} inactive, or mean P(alive) below {left}",
        lambda f, t: (
            f["past_share"] >= t.matters
            and f["value_share"] <= t.fading * f["past_share"]
            and _dropping_out(f, t)
        ),
        {
            "en": "Its {customers} customers brought {past_share} of {past}, but only"
            " {value_share} of {value} comes from them.",
            "tr": "{customers} müşterinin {past_in} payı {past_share} iken {value_in} payı yalnızca"
            " {value_share}.",
        },
        {
            "en": "Test a win-back offer against a control group; keep it only if it pays.",
            "tr": "Bir geri kazanma teklifini kontrol grubuyla sınayın; yalnızca kazandırıyorsa"
            " sürdürün.",
        },
    ),
    Rule(
        "core",
        "segment",
        "share of expected value at least {heavy} times the share of customers",
        lambda f, t: f["value_share"] >= t.heavy * f["share"],
        {
            "en": "{customers} customers ({share} of all) account for {value_share} of {value}.",
            "tr": "{customers} müşteri: müşterilerdeki payı {share}, {value_in} payı"
            " {value_share}.",
        },
        {
            "en": "Keep them: service, early access and new lines; no discounts they do not need.",
            "tr": "Elde tutun: hizmet, erken erişim ve yeni ürünler; gerek duymadıkları indirimi"
            " vermeyin.",
        },
    ),
    Rule(
        "gone",
        "segment",
        "mean P(alive) below {left} (where P(alive) is informative)",
        lambda f, t: f["p_alive"] < t.left,
        {
            "en": "Most of its {customers} customers have probably dropped out: the probability of"
            " still being a customer is {p_alive} on average.",
            "tr": "{customers} müşterinin çoğu büyük olasılıkla ayrıldı: hâlâ müşteri olma"
            " olasılığı ortalama {p_alive}.",
        },
        {
            "en": "Automated, low-cost contact only; leave them out of paid campaigns.",
            "tr": "Yalnızca otomatik ve düşük maliyetli iletişim; ücretli kampanyalara katmayın.",
        },
    ),
    Rule(
        "overdue",
        "segment",
        "at least {most_overdue} of those with a usual gap overdue",
        lambda f, t: _overdue(f, t.most_overdue, t),
        {
            "en": "{overdue_count} ({overdue}) of {rhythm} have waited more than {overdue_ratio}"
            " times their usual gap (median {usual_gap} days).",
            "tr": "{rhythm_in} {overdue_count} tanesi ({overdue}), ortancası {usual_gap} gün olan"
            " her zamanki aralığının {overdue_ratio} katından uzun süredir sipariş vermedi.",
        },
        {
            "en": "Remind them now, with something new rather than something cheaper.",
            "tr": "Şimdi hatırlatın; daha ucuz bir şeyle değil, yeni bir şeyle.",
        },
    ),
    Rule(
        "inactive",
        "segment",
        "at least {most_inactive} have not ordered for longer than the {long_gap} quantile of all "
        "customers' usual gaps (and twice their own, where they have one)",
        lambda f, t: f.get("inactive", 0.0) >= t.most_inactive,
        {
            "en": "{inactive_count} of {customers} customers ({inactive}) have not ordered for more"
            " than {long_gap_days} days; nine in ten customers who order on several days usually"
            " order again within that time.",
            "tr": "{customers} müşteriden {inactive_count} tanesi ({inactive}) {long_gap_days}"
            " günden uzun süredir sipariş vermedi; birden çok günde sipariş veren her on müşteriden"
            " dokuzu genellikle bu süre içinde yeniden sipariş verir.",
        },
        {
            "en": "Automated, low-cost contact only, until they order again.",
            "tr": "Yeniden sipariş verene kadar yalnızca otomatik ve düşük maliyetli iletişim.",
        },
    ),
    Rule(
        "past_due",
        "segment",
        "the median of days since the last order over the usual gap at least {past_due}",
        lambda f, t: _rhythm(f, t) and f["gap_ratio"] >= t.past_due,
        {
            "en": "Past due: the median time since the last order is {gap_ratio} times the usual"
            " gap ({with_gap} of {customers} customers; median gap {usual_gap} days).",
            "tr": "Zamanı geçmiş: son siparişten bu yana geçen süre, ortanca olarak her zamanki"
            " aralığın {gap_ratio} katı ({customers} müşteriden {with_gap} tanesi; aralığın"
            " ortancası {usual_gap} gün).",
        },
        {
            "en": "Send a reminder before the next campaign; customers who respond return to the"
            " regular programme.",
            "tr": "Bir sonraki kampanyadan önce hatırlatma gönderin; yanıt verenler düzenli"
            " programa dönsün.",
        },
    ),
    Rule(
        "bought_once",
        "segment",
        "at least {most_once} bought once",
        lambda f, t: f["once"] >= t.most_once,
        {
            "en": "{once_count} of {customers} customers ({once}) have ordered once: the model"
            " knows them only through all other customers.",
            "tr": "{customers} müşteriden {once_count} tanesi ({once}) yalnızca bir kez sipariş"
            " verdi: model onları yalnızca öteki müşterilerden tanıyor.",
        },
        {
            "en": "Make the second order easy: a welcome series and what goes with the first one.",
            "tr": "İkinci siparişi kolaylaştırın: karşılama iletileri ve ilk ürünle birlikte giden"
            " ürünler.",
        },
    ),
    Rule(
        "rising",
        "segment",
        "at least {rising} of the customers are expected to order more often than the upper 97.5 % "
        "limit of their own past rate",
        lambda f, t: f.get("rising", 0.0) >= t.rising,
        {
            "en": "On the rise: {rising_count} of {customers} customers ({rising_share}) are"
            " expected to order more often than their own past rate explains by chance.",
            "tr": "Yükselişte: {customers} müşteriden {rising_count} tanesinin ({rising_share})"
            " kendi geçmiş hızının rastlantıyla açıklayabileceğinden daha sık sipariş vermesi"
            " bekleniyor.",
        },
        {
            "en": "Invest while they are active: related products and membership; test what it"
            " adds.",
            "tr": "Aktifken yatırım yapın: ilgili ürünler ve üyelik; ne kattığını sınayın.",
        },
    ),
    Rule(
        "above_average",
        "segment",
        "share of expected value at least {above} times the share of customers",
        lambda f, t: f["value_share"] >= t.above * f["share"],
        {
            "en": "{customers} customers ({share} of all) account for more than their share:"
            " {value_share} of {value}.",
            "tr": "{customers} müşteri: müşterilerdeki payı {share}, {value_in} payı bunun"
            " üstünde: {value_share}.",
        },
        {
            "en": "Reward the next order: loyalty benefits and the upper range rather than a"
            " discount.",
            "tr": "Bir sonraki siparişi ödüllendirin: indirim yerine sadakat ayrıcalıkları ve üst"
            " ürün grubu.",
        },
    ),
    Rule(
        "little_value",
        "segment",
        "share of expected value at most {light} times the share of customers",
        lambda f, t: f["value_share"] <= t.light * f["share"],
        {
            "en": "{customers} customers ({share} of all) account for only {value_share} of"
            " {value}.",
            "tr": "{customers} müşteri: müşterilerdeki payı {share}, {value_in} payı ise yalnızca"
            " {value_share}.",
        },
        {
            "en": "Automated contact; spend on them only where a test shows that it pays.",
            "tr": "Otomatik iletişim; yalnızca denemede kazandırdığı görülen yere harcayın.",
        },
    ),
    Rule(
        "recent",
        "segment",
        "the median of days since the last order over the usual gap at most {fresh}",
        lambda f, t: _rhythm(f, t) and f["gap_ratio"] <= t.fresh,
        {
            "en": "Ordered recently: the median time since the last order is {days_since} days"
            " ({customers} customers), the median usual gap {usual_gap} days ({with_gap}"
            " customers).",
            "tr": "Yakın zamanda sipariş verdiler: son siparişten bu yana geçen sürenin ortancası"
            " {days_since} gün ({customers} müşteri), her zamanki aralığın ortancası {usual_gap}"
            " gün ({with_gap} müşteri).",
        },
        {
            "en": "Follow up on the last order: service, and what goes with it; no reminder is"
            " needed yet.",
            "tr": "Son siparişin ardından ilgilenin: hizmet ve onunla birlikte giden ürünler;"
            " hatırlatmaya henüz gerek yok.",
        },
    ),
    Rule(
        "one_channel",
        "segment",
        "at least {most_one_channel} have orders in one channel only (where orders are known by "
        "channel)",
        lambda f, t: f.get("one_channel", 0.0) >= t.most_one_channel,
        {
            "en": "{one_channel_count} of {customers} customers ({one_channel}) have ordered in one"
            " channel only.",
            "tr": "{customers} müşteriden {one_channel_count} tanesi ({one_channel}) yalnızca tek"
            " kanaldan sipariş verdi.",
        },
        {
            "en": "Show them the other channel; test whether those who take it up order more.",
            "tr": "Öteki kanalı gösterin; kullanmaya başlayanların daha çok sipariş verip"
            " vermediğini sınayın.",
        },
    ),
    Rule(
        "large_baskets",
        "segment",
        "average order value at least {large_basket} times that of all customers",
        lambda f, t: f["basket_ratio"] >= t.large_basket,
        {
            "en": "Large orders: {basket} on average over {customers} customers, against"
            " {basket_all} over all.",
            "tr": "Siparişler büyük: {customers} müşteride sipariş başına ortalama {basket}, bütün"
            " müşterilerde {basket_all}.",
        },
        {
            "en": "Offer the upper range and service; a discount costs more here than elsewhere.",
            "tr": "Üst ürün grubunu ve hizmeti önerin; indirim burada başka yerdekinden pahalıya"
            " gelir.",
        },
    ),
    Rule(
        "small_baskets",
        "segment",
        "average order value at most {small_basket} times that of all customers",
        lambda f, t: f["basket_ratio"] <= t.small_basket,
        {
            "en": "Small orders: {basket} on average over {customers} customers, against"
            " {basket_all} over all.",
            "tr": "Siparişler küçük: {customers} müşteride sipariş başına ortalama {basket}, bütün"
            " müşterilerde {basket_all}.",
        },
        {
            "en": "Try bundles and a threshold for free delivery to raise the order value.",
            "tr": "Sipariş tutarını büyütmek için setleri ve ücretsiz kargo sınırını deneyin.",
        },
    ),
    Rule(
        "steady",
        "segment",
        "none of the above",
        lambda f, t: True,
        {
            "en": "Nothing out of the ordinary: {customers} customers ({share} of all),"
            " {value_share} of {value}.",
            "tr": "Olağan dışı bir şey yok: {customers} müşteri, müşterilerdeki payı {share},"
            " {value_in} payı {value_share}.",
        },
        {
            "en": "Regular contact, timed to each customer's usual gap.",
            "tr": "Her müşterinin her zamanki aralığına göre zamanlanmış düzenli iletişim.",
        },
    ),
    Rule(
        "no_dropout_seen",
        "overall",
        "smallest P(alive) within {certain} of 1",
        lambda f, t: f["least_alive"] >= 1.0 - t.certain,
        {
            "en": "P(alive) is 1 for all {customers} customers: the model sees no dropout, so the"
            " forecast is an upper limit.",
            "tr": "P(aktif) {customers} müşterinin hepsi için 1: model ayrılan görmüyor, bu yüzden"
            " tahmin bir üst sınırdır.",
        },
        {
            "en": "Do not read retention from these figures; compare the days since the last order"
            " with the usual gap instead.",
            "tr": "Bu rakamlardan bağlılık okumayın; bunun yerine son siparişten bu yana geçen günü"
            " her zamanki aralıkla karşılaştırın.",
        },
    ),
    Rule(
        "alive_by_construction",
        "overall",
        "smallest P(alive) of the customers with one order within {certain} of 1, but not that of "
        "all customers",
        lambda f, t: f["once_alive"] >= 1.0 - t.certain > f["least_alive"],
        {
            "en": "P(alive) is 1 for the {once_count} of {customers} customers with one order: the"
            " model assumes so, the data do not show it.",
            "tr": "{customers} müşteriden tek siparişi olan {once_count} tanesi için P(aktif) 1:"
            " modelin varsayımı böyle, veriler bunu göstermiyor.",
        },
        {
            "en": "Do not read retention from P(alive); compare the days since the last order with"
            " the usual gap, or choose a model without this assumption.",
            "tr": "P(aktif) değerinden bağlılık okumayın; son siparişten bu yana geçen günü her"
            " zamanki aralıkla karşılaştırın ya da bu varsayımı yapmayan bir model seçin.",
        },
    ),
    Rule(
        "concentrated",
        "overall",
        "the top tenth brings at least {concentrated} of expected value",
        lambda f, t: f["top_share"] >= t.concentrated,
        {
            "en": "The top tenth, {top_count} of {customers} customers, accounts for"
            " {top_share} of {value}.",
            "tr": "En değerli onda bir, yani {customers} müşteriden {top_count} tanesi: {value_in}"
            " payı {top_share}.",
        },
        {
            "en": "Know these customers; losing one costs as much as losing many others.",
            "tr": "Bu müşterileri tanıyın; birini yitirmek, başka pek çoğunu yitirmek kadar"
            " pahalıdır.",
        },
    ),
    Rule(
        "spread",
        "overall",
        "the top tenth brings less than {concentrated} of expected value",
        lambda f, t: 0 < f["top_share"] < t.concentrated,
        {
            "en": "Value is spread widely: the top tenth, {top_count} of {customers} customers,"
            " accounts for {top_share} of {value}.",
            "tr": "Değer geniş bir kitleye yayılmış: en değerli onda bir, yani {customers}"
            " müşteriden {top_count} tanesi: {value_in} payı {top_share}.",
        },
        {
            "en": "Work on the many: small gains across all customers outweigh a programme for a"
            " few.",
            "tr": "Çoğunluk üzerinde çalışın: bütün müşterilerdeki küçük kazançlar, azınlığa"
            " yönelik bir programdan ağır basar.",
        },
    ),
    Rule(
        "gone_with_value",
        "overall",
        "customers with P(alive) below one half brought at least {gone_past} of past value (where "
        "P(alive) is informative)",
        lambda f, t: f["gone_past_share"] >= t.gone_past,
        {
            "en": "{gone_count} of {customers} customers ({probably_gone}) have probably dropped"
            " out; they brought {gone_past_share} of {past}.",
            "tr": "{customers} müşteriden {gone_count} tanesi ({probably_gone}) büyük olasılıkla"
            " ayrıldı; {past_in} payları {gone_past_share}.",
        },
        {
            "en": "Find out why the best of them dropped out before sending coupons.",
            "tr": "Kupon göndermeden önce en iyilerinin neden ayrıldığını öğrenin.",
        },
    ),
    Rule(
        "many_overdue",
        "overall",
        "at least {some_overdue} of those with a usual gap overdue",
        lambda f, t: _overdue(f, t.some_overdue, t),
        {
            "en": "{overdue_count} ({overdue}) of {rhythm} have waited more than {overdue_ratio}"
            " times their own usual gap.",
            "tr": "{rhythm_in} {overdue_count} tanesi ({overdue}) kendi her zamanki aralığının"
            " {overdue_ratio} katından uzun süredir sipariş vermedi.",
        },
        {
            "en": "Time reminders to the customer's usual gap, not to the calendar.",
            "tr": "Hatırlatmaları takvime göre değil, müşterinin her zamanki aralığına göre"
            " zamanlayın.",
        },
    ),
    Rule(
        "many_bought_once",
        "overall",
        "at least {some_once} bought once",
        lambda f, t: f["once"] >= t.some_once,
        {
            "en": "{once_count} of {customers} customers ({once}) have ordered once: the models"
            " know them only through all other customers.",
            "tr": "{customers} müşteriden {once_count} tanesi ({once}) bir kez sipariş verdi:"
            " modeller onları yalnızca öteki müşterilerden tanıyor.",
        },
        {
            "en": "Work for the second order: it decides most of what follows.",
            "tr": "İkinci sipariş için çalışın: sonrakilerin çoğunu o belirler.",
        },
    ),
    Rule(
        "no_one_time_buyers",
        "overall",
        "every customer has ordered at least twice",
        lambda f, t: f["once"] == 0,
        {
            "en": "All {customers} customers here ordered at least twice: customers who ordered"
            " once are not in the data.",
            "tr": "Buradaki {customers} müşterinin hepsi en az iki kez sipariş vermiş: bir kez"
            " sipariş verenler verilerde yok.",
        },
        {
            "en": "Do not apply these figures to all customers; ask for the whole customer base.",
            "tr": "Bu rakamları bütün müşterilere genellemeyin; müşteri listesinin tamamını"
            " isteyin.",
        },
    ),
)
"""All rules, in order of priority."""
