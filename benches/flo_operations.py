"""FLO's job from the parsed table to forecast, RFM and segments, as analysts write it.

With ``serve FILE`` as arguments it runs as the worker for pandas + lifetimes: see peers.py.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd

ORDERS = ["order_num_total_ever_online", "order_num_total_ever_offline"]
SPEND = ["customer_value_total_ever_offline", "customer_value_total_ever_online"]
SEGMENTS = {
    r"[1-2][1-2]": "hibernating",
    r"[1-2][3-4]": "at_Risk",
    r"[1-2]5": "cant_loose",
    r"3[1-2]": "about_to_sleep",
    r"33": "need_attention",
    r"[3-4][4-5]": "loyal_customers",
    r"41": "promising",
    r"51": "new_customers",
    r"[4-5][2-3]": "potential_loyalists",
    r"5[4-5]": "champions",
}


def parsed(path: str | Path) -> pd.DataFrame:
    """Read the file and parse its dates, the input of both sides."""
    table = pd.read_csv(path)
    for column in table.columns:
        if "date" in column:
            table[column] = pd.to_datetime(table[column])
    return table


def with_lifetimes(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Do the job with pandas and lifetimes; return the forecast and the RFM table."""
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    capped = table.copy()
    for column in ORDERS + SPEND:
        low, high = capped[column].quantile(0.01), capped[column].quantile(0.99)
        reach = 1.5 * (high - low)
        capped[column] = capped[column].clip(round(low - reach), round(high + reach))
    orders, value = capped[ORDERS].sum(axis=1), capped[SPEND].sum(axis=1)
    today = capped["last_order_date"].max() + pd.Timedelta(days=2)
    cltv = pd.DataFrame(
        {
            "recency": (capped["last_order_date"] - capped["first_order_date"]).dt.days / 7,
            "T": (today - capped["first_order_date"]).dt.days / 7,
            "frequency": orders,
            "monetary": value / orders,
        }
    ).set_axis(capped["master_id"])
    buying = BetaGeoFitter(penalizer_coef=0.001)
    history = cltv["frequency"], cltv["recency"], cltv["T"]
    buying.fit(*history)
    cltv["purchases_3m"] = buying.predict(12, *history)
    cltv["purchases_6m"] = buying.predict(24, *history)
    spending = GammaGammaFitter(penalizer_coef=0.01)
    spending.fit(cltv["frequency"], cltv["monetary"])
    cltv["spend"] = spending.conditional_expected_average_profit(
        cltv["frequency"], cltv["monetary"]
    )
    cltv["clv"] = spending.customer_lifetime_value(
        buying, *history, cltv["monetary"], time=6, freq="W", discount_rate=0.01
    )
    cltv["segment"] = pd.qcut(cltv["clv"], 4, labels=["D", "C", "B", "A"])

    rfm = pd.DataFrame(
        {
            "recency": (today - table["last_order_date"]).dt.days,
            "frequency": table[ORDERS].sum(axis=1),
            "monetary": table[SPEND].sum(axis=1),
        }
    ).set_axis(table["master_id"])
    rfm["R"] = pd.qcut(rfm["recency"], 5, labels=[5, 4, 3, 2, 1])
    rfm["F"] = pd.qcut(rfm["frequency"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5])
    rfm["M"] = pd.qcut(rfm["monetary"], 5, labels=[1, 2, 3, 4, 5])
    rfm["segment"] = (rfm["R"].astype(str) + rfm["F"].astype(str)).replace(SEGMENTS, regex=True)
    return cltv, rfm


def with_tenure(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Do the job with tenure, counted as the analysts count; the same two tables."""
    import tenure

    columns: dict[str, Any] = {
        "customer": "master_id",
        "first_order": "first_order_date",
        "last_order": "last_order_date",
        "orders": ORDERS,
        "spend": SPEND,
    }
    customers = tenure.summarize_totals(table, **columns, convention="total")
    buying = tenure.BetaGeoFitter(penalizer_coef=0.001).fit(customers)
    spending = tenure.GammaGammaFitter(penalizer_coef=0.01).fit(customers)
    forecast = tenure.forecast(buying, spending, customers, horizons=("12W", "24W", "6M"))
    forecast["segment"] = tenure.segment_by_value(forecast["clv_6m"])
    totals = tenure.prepare_totals(table, **columns, cap_outliers=False)
    rfm = tenure.rfm_scores(
        totals,
        recency="last_order_date",
        frequency="orders_total",
        monetary="spend_total",
        ties="first",
    )
    rfm["segment"] = tenure.rfm_segments(rfm, names="legacy")
    return forecast, rfm


def answers(forecast: pd.DataFrame, rfm: pd.DataFrame) -> list[float]:
    """Add up the results of a side: expected purchases, and customers by segment."""
    names = ("purchases_3m", "purchases_6m")
    if names[0] not in forecast:
        names = ("expected_purchases_12w", "expected_purchases_24w")
    segments = rfm["segment"].value_counts().sort_index()
    return [*(float(forecast[name].sum()) for name in names), *segments.astype(float).tolist()]


def main(path: str) -> None:
    from peers import serve
    from timing import timed

    table = parsed(path)

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        found, figures = timed(lambda: with_lifetimes(table), request["fresh"])
        return {**figures, "answers": answers(*found)}

    serve(answer, "lifetimes", "scipy")


if __name__ == "__main__":
    main(sys.argv[2])
