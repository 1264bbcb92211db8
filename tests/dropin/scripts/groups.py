# A fit for each country, glued together again.
# ruff: noqa
import warnings

warnings.filterwarnings("ignore")

import pandas as pd
import lifetimes
from sales import sales

df = sales()
df = df[df["Amount"] > 0]
parts = []
for country, orders in df.groupby("Country"):
    summary = lifetimes.utils.summary_data_from_transaction_data(
        orders, "CustomerID", "InvoiceDate", "Amount", observation_period_end="2011-12-09", freq="W"
    )
    bgf = lifetimes.BetaGeoFitter(penalizer_coef=0.001)
    bgf.fit(summary["frequency"], summary["recency"], summary["T"])
    again = summary.query("frequency > 0 and monetary_value > 0")
    ggf = lifetimes.GammaGammaFitter(penalizer_coef=0.0).fit(
        again["frequency"], again["monetary_value"]
    )
    for weeks in (4, 12):
        summary[f"expected_{weeks}"] = bgf.predict(
            weeks, summary["frequency"], summary["recency"], summary["T"]
        )
    summary["clv"] = ggf.customer_lifetime_value(
        bgf,
        summary["frequency"],
        summary["recency"],
        summary["T"],
        summary["monetary_value"],
        time=3,
        freq="W",
        discount_rate=0.01,
    )
    print(
        country,
        len(bgf.data),
        list(bgf.data.columns),
        {k: round(v, 1) for k, v in bgf.params_.items()},
    )
    parts.append(summary.assign(Country=country))
everyone = pd.concat(parts).reset_index()
print(list(everyone.columns), everyone.shape)
print(everyone.groupby("Country")[["expected_4", "expected_12", "clv"]].sum().round(0))
print(everyone.groupby("Country")["clv"].apply(lambda clv: clv.rank().head(3).tolist()))
