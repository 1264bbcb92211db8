# The notebook of a retailer: from order lines to a list of customers to call.
# ruff: noqa
import datetime as dt
import warnings

warnings.filterwarnings("ignore")

import numpy as np
import pandas as pd
import lifetimes
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter, ParetoNBDFitter
from lifetimes.utils import *
from sales import sales

pd.set_option("display.max_columns", None)
pd.set_option("display.width", 250)
pd.set_option("display.float_format", lambda x: "%.3f" % x)

df = sales(customers=600, seed=11)
df["InvoiceDate"] = df["InvoiceDate"].dt.date
max_date = df["InvoiceDate"].max()
rfm = lifetimes.utils.summary_data_from_transaction_data(
    df, "CustomerID", "InvoiceDate", monetary_value_col="Amount", observation_period_end=max_date
).reset_index()
print(rfm.shape, rfm.columns.tolist())
print(rfm.describe().T)
print("%.1f%% one-time buyers" % (100 * (rfm["frequency"] == 0).mean()))

bgf = BetaGeoFitter(penalizer_coef=0.0)
bgf.fit(rfm["frequency"], rfm["recency"], rfm["T"], verbose=False)
print(bgf)
print(bgf.summary.round(2))
print(bgf.params_["r"].round(3), round(bgf.params_.iloc[1], 2), dict(bgf.params_).keys())

t = 30
rfm["predicted_purchases"] = bgf.conditional_expected_number_of_purchases_up_to_time(
    t, rfm["frequency"], rfm["recency"], rfm["T"]
)
rfm["p_alive"] = bgf.conditional_probability_alive(rfm["frequency"], rfm["recency"], rfm["T"])
rfm["p_alive_2"] = pd.Series(
    bgf.conditional_probability_alive(*[rfm[c].values for c in ("frequency", "recency", "T")]),
    index=rfm.index,
)
print((rfm["p_alive"] == rfm["p_alive_2"]).all())
print(rfm.sort_values(by="predicted_purchases").tail(5).round(3))
individual = rfm.iloc[10]
print(
    round(float(bgf.predict(t, individual["frequency"], individual["recency"], individual["T"])), 4)
)

returning = rfm[rfm["frequency"] > 0]
print(returning[["monetary_value", "frequency"]].corr().round(2))
ggf = GammaGammaFitter(penalizer_coef=0)
ggf.fit(returning["frequency"], returning["monetary_value"])
print(ggf)
profit = ggf.conditional_expected_average_profit(rfm["frequency"], rfm["monetary_value"])
print(type(profit).__name__, profit.head(10).round(1).tolist())
print(
    "Expected conditional average profit: %s, Average profit: %s"
    % (round(profit.mean(), 1), round(returning["monetary_value"].mean(), 1))
)
for freq, months in (("D", 6), ("D", 12), ("D", 3)):
    clv = ggf.customer_lifetime_value(
        bgf,
        rfm["frequency"],
        rfm["recency"],
        rfm["T"],
        rfm["monetary_value"],
        time=months,
        discount_rate=0.01,
        freq=freq,
    )
    print(freq, months, clv.name, clv.isna().sum(), round(clv.sum(), 0), clv.idxmax())
rfm["CLV"] = clv.round(2).fillna(0)
rfm["segment"] = pd.qcut(rfm["CLV"], 4, labels=["D", "C", "B", "A"])
print(rfm.groupby("segment", observed=True)[["CLV", "frequency"]].agg(["count", "mean"]).round(1))

others = {}
for model in (ModifiedBetaGeoFitter(), ParetoNBDFitter()):
    model.fit(rfm["frequency"], rfm["recency"], rfm["T"])
    expected = model.predict(t, rfm["frequency"], rfm["recency"], rfm["T"])
    others[type(model).__name__] = (len(model.params_), float(round(expected.sum(), 0)))
print(others)
print(list(rfm.nlargest(5, "CLV")["CustomerID"]), lifetimes.__version__)
