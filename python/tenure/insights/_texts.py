"""The rules in the order in which they are tried, with their sentences.

Turkish puts figures where they need no ending ("payı %25,6"): the ending would follow the sound of
the number.
"""

from __future__ import annotations

from tenure.insights._rules import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        "few",
        "segment",
        "fewer than {few} customers",
        lambda f, t: f["customers"] < t.few,
        {
            "en": "Only {customers} customers: too few to read anything into the averages.",
            "tr": "Yalnızca {customers} müşteri: ortalamalardan sonuç çıkarmak için çok az.",
        },
        {
            "en": "Look at them one by one; build no campaign on this segment alone.",
            "tr": "Tek tek inceleyin; yalnızca bu segmente dayanan bir kampanya kurmayın.",
        },
    ),
    Rule(
        "slipping_away",
        "segment",
        "share of past value at least {heavy} times the share of customers, and at least "
        "{many_overdue} of those with a usual gap overdue",
        lambda f, t: f["past_share"] >= t.heavy * f["share"] and f["overdue"] >= t.many_overdue,
        {
            "en": "{share} of customers brought {past_share} of {past}, but {overdue} of those "
            "with a buying rhythm are overdue: silent for more than {overdue_ratio} times their "
            "usual gap.",
            "tr": "Müşterilerdeki payı {share}, {past_in} payı {past_share}; ancak düzenli"
            " alışveriş edenlerde gecikenlerin oranı {overdue}: her zamanki aralıklarının"
            " {overdue_ratio} katından uzun süredir sessizler.",
        },
        {
            "en": "Call them back first, personally, starting with those overdue; ask why they "
            "stopped before offering a discount.",
            "tr": "Önce bu müşterileri, gecikenlerden başlayarak kişisel olarak geri çağırın;"
            " indirim önermeden önce neden bıraktıklarını sorun.",
        },
    ),
    Rule(
        "fading",
        "segment",
        "at least {matters} of past value, and a share of expected value at most {fading} times "
        "that",
        lambda f, t: (
            f["past_share"] >= t.matters and f["value_share"] <= t.fading * f["past_share"]
        ),
        {
            "en": "Brought {past_share} of {past} but only {value_share} of {value} is still to "
            "come from it.",
            "tr": "{past_in} payı {past_share} iken {value_in} payı yalnızca {value_share}.",
        },
        {
            "en": "Run a win-back offer against a control group and keep it only if it pays.",
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
            "en": "{share} of customers bring {value_share} of {value}.",
            "tr": "Müşterilerdeki payı {share}, {value_in} payı {value_share}.",
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
        "mean P(alive) below {left}",
        lambda f, t: f["p_alive"] < t.left,
        {
            "en": "Most have probably left: the chance that one of them is still a customer is "
            "{p_alive} on average.",
            "tr": "Çoğu büyük olasılıkla ayrıldı: hâlâ müşteri olma olasılığı ortalama {p_alive}.",
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
        lambda f, t: f["overdue"] >= t.most_overdue,
        {
            "en": "{overdue} of those with a buying rhythm are overdue: silent for more than "
            "{overdue_ratio} times their usual gap of {usual_gap} days (median).",
            "tr": "Düzenli alışveriş edenlerde gecikenlerin oranı {overdue}: ortancası {usual_gap}"
            " gün olan her zamanki aralıklarının {overdue_ratio} katından uzun süredir sessizler.",
        },
        {
            "en": "Remind them now, with something new rather than something cheaper.",
            "tr": "Şimdi hatırlatın; daha ucuz bir şeyle değil, yeni bir şeyle.",
        },
    ),
    Rule(
        "past_due",
        "segment",
        "the median of days since the last order over the usual gap at least {past_due}",
        lambda f, t: f["gap_ratio"] >= t.past_due,
        {
            "en": "Past due: half of those with a buying rhythm have been silent for {gap_ratio} "
            "times their usual gap or longer; that gap is {usual_gap} days (median).",
            "tr": "Zamanı geçmiş: düzenli alışveriş edenlerin yarısı, ortancası {usual_gap} gün"
            " olan her zamanki aralığının en az {gap_ratio} katı süredir sessiz.",
        },
        {
            "en": "Send a reminder before the next campaign; whoever answers goes back to the "
            "regular programme.",
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
            "en": "{once} bought once only: the model knows them only through the population.",
            "tr": "Yalnızca bir kez alışveriş edenlerin oranı {once}: model onları yalnızca bütün"
            " müşteri kitlesinden tanıyor.",
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
        "share of expected value at least {rising} times the share of past value, and the median "
        "of days since the last order over the usual gap at most {fresh}",
        lambda f, t: (
            f["past_share"] > 0
            and f["value_share"] >= t.rising * f["past_share"]
            and f["gap_ratio"] <= t.fresh
        ),
        {
            "en": "On the rise: {past_share} of {past}, {value_share} of {value}.",
            "tr": "Yükselişte: {past_in} payı {past_share}, {value_in} payı {value_share}.",
        },
        {
            "en": "Invest while they are warm: cross-sell, a second channel, membership.",
            "tr": "İlgi sürerken yatırım yapın: çapraz satış, ikinci kanal, üyelik.",
        },
    ),
    Rule(
        "little_value",
        "segment",
        "share of expected value at most {light} times the share of customers",
        lambda f, t: f["value_share"] <= t.light * f["share"],
        {
            "en": "{share} of customers bring only {value_share} of {value}.",
            "tr": "Müşterilerdeki payı {share}, {value_in} payı ise yalnızca {value_share}.",
        },
        {
            "en": "Automated contact; spend on them only where a test shows that it pays.",
            "tr": "Otomatik iletişim; yalnızca denemede kazandırdığı görülen yere harcayın.",
        },
    ),
    Rule(
        "large_baskets",
        "segment",
        "basket at least {large_basket} times that of all customers",
        lambda f, t: f["basket_ratio"] >= t.large_basket,
        {
            "en": "Large baskets: {basket} an order, against {basket_all} over all customers.",
            "tr": "Sepetler büyük: sipariş başına {basket}, bütün müşterilerde {basket_all}.",
        },
        {
            "en": "Offer the upper range and service; a discount gives away more here than "
            "elsewhere.",
            "tr": "Üst ürün grubunu ve hizmeti önerin; indirim burada başka yerdekinden pahalıya"
            " gelir.",
        },
    ),
    Rule(
        "small_baskets",
        "segment",
        "basket at most {small_basket} times that of all customers",
        lambda f, t: f["basket_ratio"] <= t.small_basket,
        {
            "en": "Small baskets: {basket} an order, against {basket_all} over all customers.",
            "tr": "Sepetler küçük: sipariş başına {basket}, bütün müşterilerde {basket_all}.",
        },
        {
            "en": "Try bundles and a threshold for free delivery to raise the basket.",
            "tr": "Sepeti büyütmek için setleri ve ücretsiz kargo sınırını deneyin.",
        },
    ),
    Rule(
        "steady",
        "segment",
        "none of the above",
        lambda f, t: True,
        {
            "en": "Nothing out of the ordinary: {share} of customers, {value_share} of {value}.",
            "tr": "Olağan dışı bir şey yok: müşterilerdeki payı {share}, {value_in} payı"
            " {value_share}.",
        },
        {
            "en": "Regular contact, timed to each customer's usual gap.",
            "tr": "Her müşterinin her zamanki aralığına göre zamanlanmış düzenli iletişim.",
        },
    ),
    Rule(
        "sees_nobody_leave",
        "overall",
        "smallest P(alive) within {certain} of 1",
        lambda f, t: f["least_alive"] >= 1.0 - t.certain,
        {
            "en": "P(alive) is 1 for everybody: the model sees nobody leave, so the forecast is an "
            "upper limit.",
            "tr": "P(aktif) herkes için 1: model kimsenin ayrıldığını görmüyor, bu yüzden tahmin"
            " bir üst sınırdır.",
        },
        {
            "en": "Do not read retention into these figures; look at the days since the last order "
            "against the usual gap instead.",
            "tr": "Bu rakamlardan bağlılık okumayın; bunun yerine son siparişten bu yana geçen güne"
            " ve her zamanki aralığa bakın.",
        },
    ),
    Rule(
        "concentrated",
        "overall",
        "the top tenth brings at least {concentrated} of expected value",
        lambda f, t: f["top_share"] >= t.concentrated,
        {
            "en": "The top 10 % of customers bring {top_share} of {value}.",
            "tr": "En değerli onda birlik müşteri grubunun {value_in} payı {top_share}.",
        },
        {
            "en": "Know these customers by name; losing one costs as much as losing many others.",
            "tr": "Bu müşterileri tek tek tanıyın; birini yitirmek, başka pek çoğunu yitirmek"
            " kadar pahalıdır.",
        },
    ),
    Rule(
        "spread",
        "overall",
        "the top tenth brings less than {concentrated} of expected value",
        lambda f, t: 0 < f["top_share"] < t.concentrated,
        {
            "en": "Value is spread widely: the top 10 % of customers bring {top_share} of {value}.",
            "tr": "Değer geniş bir kitleye yayılmış: en değerli onda birlik müşteri grubunun"
            " {value_in} payı {top_share}.",
        },
        {
            "en": "Work on the many: small gains across the base outweigh a programme for the few.",
            "tr": "Çoğunluk üzerinde çalışın: tabandaki küçük kazançlar, azınlığa yönelik bir"
            " programdan ağır basar.",
        },
    ),
    Rule(
        "gone_with_value",
        "overall",
        "customers with P(alive) below one half brought at least {gone_past} of past value",
        lambda f, t: f["gone_past_share"] >= t.gone_past,
        {
            "en": "Customers who have probably left ({probably_gone} of all) brought "
            "{gone_past_share} of {past}.",
            "tr": "Büyük olasılıkla ayrılmış müşterilerin oranı {probably_gone}, {past_in} payı"
            " {gone_past_share}.",
        },
        {
            "en": "Find out why the best of them left; what they answer is worth more than a "
            "coupon.",
            "tr": "En iyilerinin neden ayrıldığını öğrenin; yanıtları bir kupondan değerlidir.",
        },
    ),
    Rule(
        "many_overdue",
        "overall",
        "at least {some_overdue} of those with a usual gap overdue",
        lambda f, t: f["overdue"] >= t.some_overdue,
        {
            "en": "{overdue} of those with a buying rhythm are overdue: silent for more than "
            "{overdue_ratio} times their own usual gap.",
            "tr": "Düzenli alışveriş edenlerde gecikenlerin oranı {overdue}: kendi her zamanki"
            " aralıklarının {overdue_ratio} katından uzun süredir sessizler.",
        },
        {
            "en": "Time reminders to the customer's rhythm, not to the calendar.",
            "tr": "Hatırlatmaları takvime göre değil, müşterinin alışveriş düzenine göre"
            " zamanlayın.",
        },
    ),
    Rule(
        "many_bought_once",
        "overall",
        "at least {some_once} bought once",
        lambda f, t: f["once"] >= t.some_once,
        {
            "en": "{once} bought once: the models see them only through the population.",
            "tr": "Bir kez alışveriş edenlerin oranı {once}: modeller onları yalnızca bütün müşteri"
            " kitlesinden tanıyor.",
        },
        {
            "en": "The second order is the one to work for: it decides most of what follows.",
            "tr": "Asıl uğruna çalışılacak sipariş ikincisidir: sonrakilerin çoğunu o belirler.",
        },
    ),
    Rule(
        "nobody_bought_once",
        "overall",
        "nobody bought once",
        lambda f, t: f["once"] == 0,
        {
            "en": "Everybody here bought at least twice: customers who bought once are not in the "
            "data.",
            "tr": "Buradaki herkes en az iki kez alışveriş etmiş: bir kez alışveriş edenler"
            " verilerde yok.",
        },
        {
            "en": "Do not apply these figures to all customers; ask for the whole customer base.",
            "tr": "Bu rakamları bütün müşterilere genellemeyin; müşteri listesinin tamamını"
            " isteyin.",
        },
    ),
)
"""All rules, in order of priority."""
