"""English sentences of the rules of insights: condition, finding and action."""

TEXTS: dict[str, str] = {
    "few.condition": "fewer than {few} customers",
    "few.finding": "Only {customers} customers: too few for conclusions from averages.",
    "few.action": "Look at them one by one; do not build a campaign on this segment alone.",
    "slipping_away.condition": (
        "share of past value at least {heavy} times the share of customers, and at"
        " least {many_overdue} of those with a usual gap overdue"
    ),
    "slipping_away.finding": (
        "{share} of customers brought {past_share} of {past}, but {overdue_count}"
        " ({overdue}) of {rhythm} have waited more than {overdue_ratio} times their"
        " usual gap."
    ),
    "slipping_away.action": (
        "Contact them first and personally, starting with those who are overdue; ask"
        " why they stopped before offering a discount."
    ),
    "fading.condition": (
        "at least {matters} of past value, a share of expected value at most {fading}"
        " times that, and a sign of dropout: at least {many_overdue} of those with a"
        " usual gap overdue, or at least {most_inactive} inactive, or mean P(alive)"
        " below {left}"
    ),
    "fading.finding": (
        "Its {customers} customers brought {past_share} of {past}, but only"
        " {value_share} of {value} comes from them."
    ),
    "fading.action": "Test a win-back offer against a control group; keep it only if it pays.",
    "core.condition": "share of expected value at least {heavy} times the share of customers",
    "core.finding": "{customers} customers ({share} of all) account for {value_share} of {value}.",
    "core.action": "Keep them: service, early access and new lines; no discounts they do not need.",
    "gone.condition": "mean P(alive) below {left} (where P(alive) is informative)",
    "gone.finding": (
        "Most of its {customers} customers have probably dropped out: the probability"
        " of still being a customer is {p_alive} on average."
    ),
    "gone.action": "Automated, low-cost contact only; leave them out of paid campaigns.",
    "overdue.condition": "at least {most_overdue} of those with a usual gap overdue",
    "overdue.finding": (
        "{overdue_count} ({overdue}) of {rhythm} have waited more than {overdue_ratio}"
        " times their usual gap (median {usual_gap} days)."
    ),
    "overdue.action": "Remind them now, with something new rather than something cheaper.",
    "inactive.condition": (
        "at least {most_inactive} have not ordered for longer than the {long_gap}"
        " quantile of all customers' usual gaps (and twice their own, where they have"
        " one)"
    ),
    "inactive.finding": (
        "{inactive_count} of {customers} customers ({inactive}) have not ordered for"
        " more than {long_gap_days} days; nine in ten customers who order on several"
        " days usually order again within that time."
    ),
    "inactive.action": "Automated, low-cost contact only, until they order again.",
    "past_due.condition": (
        "the median of days since the last order over the usual gap at least {past_due}"
    ),
    "past_due.finding": (
        "Past due: the median time since the last order is {gap_ratio} times the usual"
        " gap ({with_gap} of {customers} customers; median gap {usual_gap} days)."
    ),
    "past_due.action": (
        "Send a reminder before the next campaign; customers who respond return to the"
        " regular programme."
    ),
    "bought_once.condition": "at least {most_once} bought once",
    "bought_once.finding": (
        "{once_count} of {customers} customers ({once}) have ordered once: the model"
        " knows them only through all other customers."
    ),
    "bought_once.action": (
        "Make the second order easy: a welcome series and what goes with the first one."
    ),
    "rising.condition": (
        "at least {rising} of the customers are expected to order more often than the"
        " upper 97.5 % limit of their own past rate"
    ),
    "rising.finding": (
        "On the rise: {rising_count} of {customers} customers ({rising_share}) are"
        " expected to order more often than their own past rate explains by chance."
    ),
    "rising.action": (
        "Invest while they are active: related products and membership; test what it adds."
    ),
    "above_average.condition": (
        "share of expected value at least {above} times the share of customers"
    ),
    "above_average.finding": (
        "{customers} customers ({share} of all) account for more than their share:"
        " {value_share} of {value}."
    ),
    "above_average.action": (
        "Reward the next order: loyalty benefits and the upper range rather than a discount."
    ),
    "little_value.condition": (
        "share of expected value at most {light} times the share of customers"
    ),
    "little_value.finding": (
        "{customers} customers ({share} of all) account for only {value_share} of {value}."
    ),
    "little_value.action": "Automated contact; spend on them only where a test shows that it pays.",
    "recent.condition": (
        "the median of days since the last order over the usual gap at most {fresh}"
    ),
    "recent.finding": (
        "Ordered recently: the median time since the last order is {days_since} days"
        " ({customers} customers), the median usual gap {usual_gap} days ({with_gap}"
        " customers)."
    ),
    "recent.action": (
        "Follow up on the last order: service, and what goes with it; no reminder is needed yet."
    ),
    "one_channel.condition": (
        "at least {most_one_channel} have orders in one channel only (where orders are"
        " known by channel)"
    ),
    "one_channel.finding": (
        "{one_channel_count} of {customers} customers ({one_channel}) have ordered in"
        " one channel only."
    ),
    "one_channel.action": (
        "Show them the other channel; test whether those who take it up order more."
    ),
    "large_baskets.condition": (
        "average order value at least {large_basket} times that of all customers"
    ),
    "large_baskets.finding": (
        "Large orders: {basket} on average over {customers} customers, against"
        " {basket_all} over all."
    ),
    "large_baskets.action": (
        "Offer the upper range and service; a discount costs more here than elsewhere."
    ),
    "small_baskets.condition": (
        "average order value at most {small_basket} times that of all customers"
    ),
    "small_baskets.finding": (
        "Small orders: {basket} on average over {customers} customers, against"
        " {basket_all} over all."
    ),
    "small_baskets.action": (
        "Try bundles and a threshold for free delivery to raise the order value."
    ),
    "steady.condition": "none of the above",
    "steady.finding": (
        "Nothing out of the ordinary: {customers} customers ({share} of all),"
        " {value_share} of {value}."
    ),
    "steady.action": "Regular contact, timed to each customer's usual gap.",
    "no_dropout_seen.condition": "smallest P(alive) within {certain} of 1",
    "no_dropout_seen.finding": (
        "P(alive) is 1 for all {customers} customers: the model sees no dropout, so the"
        " forecast is an upper limit."
    ),
    "no_dropout_seen.action": (
        "Do not read retention from these figures; compare the days since the last"
        " order with the usual gap instead."
    ),
    "alive_by_construction.condition": (
        "smallest P(alive) of the customers with one order within {certain} of 1, but"
        " not that of all customers"
    ),
    "alive_by_construction.finding": (
        "P(alive) is 1 for the {once_count} of {customers} customers with one order:"
        " the model assumes so, the data do not show it."
    ),
    "alive_by_construction.action": (
        "Do not read retention from P(alive); compare the days since the last order"
        " with the usual gap, or choose a model without this assumption."
    ),
    "concentrated.condition": "the top tenth brings at least {concentrated} of expected value",
    "concentrated.finding": (
        "The top tenth, {top_count} of {customers} customers, accounts for {top_share} of {value}."
    ),
    "concentrated.action": "Know these customers; losing one costs as much as losing many others.",
    "spread.condition": "the top tenth brings less than {concentrated} of expected value",
    "spread.finding": (
        "Value is spread widely: the top tenth, {top_count} of {customers} customers,"
        " accounts for {top_share} of {value}."
    ),
    "spread.action": (
        "Work on the many: small gains across all customers outweigh a programme for a few."
    ),
    "gone_with_value.condition": (
        "customers with P(alive) below one half brought at least {gone_past} of past"
        " value (where P(alive) is informative)"
    ),
    "gone_with_value.finding": (
        "{gone_count} of {customers} customers ({probably_gone}) have probably dropped"
        " out; they brought {gone_past_share} of {past}."
    ),
    "gone_with_value.action": "Find out why the best of them dropped out before sending coupons.",
    "many_overdue.condition": "at least {some_overdue} of those with a usual gap overdue",
    "many_overdue.finding": (
        "{overdue_count} ({overdue}) of {rhythm} have waited more than {overdue_ratio}"
        " times their own usual gap."
    ),
    "many_overdue.action": "Time reminders to the customer's usual gap, not to the calendar.",
    "many_bought_once.condition": "at least {some_once} bought once",
    "many_bought_once.finding": (
        "{once_count} of {customers} customers ({once}) have ordered once: the models"
        " know them only through all other customers."
    ),
    "many_bought_once.action": "Work for the second order: it decides most of what follows.",
    "no_one_time_buyers.condition": "every customer has ordered at least twice",
    "no_one_time_buyers.finding": (
        "All {customers} customers here ordered at least twice: customers who ordered"
        " once are not in the data."
    ),
    "no_one_time_buyers.action": (
        "Do not apply these figures to all customers; ask for the whole customer base."
    ),
    "value.money": "expected revenue",
    "value.count": "expected purchases",
    "past.money": "past revenue",
    "past.count": "past orders",
    "rhythm.all": "{customers} customers",
    "rhythm.some": "{some} customers who ordered on several days ({customers} in all)",
}
