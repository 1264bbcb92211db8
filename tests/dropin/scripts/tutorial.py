# The tutorial that most public scripts descend from.
# ruff: noqa
import warnings

warnings.filterwarnings("ignore")

import datetime as dt

import pandas as pd
from lifetimes import BetaGeoFitter
from lifetimes import GammaGammaFitter
from lifetimes.utils import summary_data_from_transaction_data
from sales import sales

df = sales()
df["InvoiceDate"] = df["InvoiceDate"].dt.date
data = summary_data_from_transaction_data(
    df,
    "CustomerID",
    "InvoiceDate",
    monetary_value_col="Amount",
    observation_period_end=dt.date(2011, 12, 9),
)
print(data.shape, list(data.columns), data.index.name, str(data.dtypes.unique()))
print(data.describe().round(3))

bgf = BetaGeoFitter(penalizer_coef=0.0)
bgf.fit(data["frequency"], data["recency"], data["T"], verbose=False, tol=1e-06)
print(bgf)
print(bgf.summary.round(2))

data["predicted"] = bgf.conditional_expected_number_of_purchases_up_to_time(
    30, data["frequency"], data["recency"], data["T"]
)
data["p_alive"] = bgf.conditional_probability_alive(data["frequency"], data["recency"], data["T"])
print(data.sort_values(by="predicted", ascending=False).head(5).round(2))

one = data.iloc[10]
print(round(bgf.predict(10, one["frequency"], one["recency"], one["T"]), 3))

returning = data[(data["frequency"] > 0) & (data["monetary_value"] > 0)].copy()
print(returning[["monetary_value", "frequency"]].corr().round(3))
returning["frequency"] = returning["frequency"].astype(int)
ggf = GammaGammaFitter(penalizer_coef=0)
ggf.fit(returning["frequency"], returning["monetary_value"])
print(ggf)
profit = ggf.conditional_expected_average_profit(data["frequency"], data["monetary_value"])
print(type(profit).__name__, profit.index.name, profit.head(10).round(1).to_dict())

cltv = ggf.customer_lifetime_value(
    bgf,
    returning["frequency"],
    returning["recency"],
    returning["T"],
    returning["monetary_value"],
    time=6,
    freq="D",
    discount_rate=0.01,
)
cltv = cltv.reset_index()
print(list(cltv.columns), cltv.round(0).head(8).values.tolist())
final = returning.reset_index().merge(cltv, on="CustomerID", how="left")
final["segment"] = pd.qcut(final["clv"], 4, labels=["D", "C", "B", "A"])
print(final.groupby("segment", observed=False)["clv"].agg(["count", "mean"]).round(0))
