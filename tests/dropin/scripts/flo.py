# CLTV of an omnichannel retailer, one customer a row, as a function.
# ruff: noqa
import datetime as dt
import warnings

warnings.filterwarnings("ignore")

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter
from lifetimes import GammaGammaFitter


def customers(rows=800, seed=3):
    random = np.random.RandomState(seed)
    end = pd.Timestamp("2021-05-30")
    rows_ = []
    for number in range(rows):
        rate, leaves = random.gamma(2.0, 1 / 60.0), random.beta(1.2, 3.0)
        day = end - pd.Timedelta(days=int(random.randint(60, 2000)))
        first, orders = day, 1
        while True:
            if random.rand() < leaves:
                break
            following = day + pd.Timedelta(days=1 + int(random.exponential(1 / rate)))
            if following > end:
                break
            day, orders = following, orders + 1
        mean = 100 * random.gamma(5.0, 0.3)
        online = random.binomial(orders, 0.4)
        value = round(orders * mean * random.gamma(20.0, 1 / 20.0), 2)
        rows_.append((f"id-{number:05d}", first, day, online, orders - online, value))
    columns = ["master_id", "first_order_date", "last_order_date"]
    columns += ["order_num_total_ever_online", "order_num_total_ever_offline", "customer_value"]
    return pd.DataFrame(rows_, columns=columns)


def outlier_thresholds(dataframe, variable):
    quartile1 = dataframe[variable].quantile(0.01)
    quartile3 = dataframe[variable].quantile(0.99)
    interquantile_range = quartile3 - quartile1
    return quartile1 - 1.5 * interquantile_range, quartile3 + 1.5 * interquantile_range


def replace_with_thresholds(dataframe, variable):
    low_limit, up_limit = outlier_thresholds(dataframe, variable)
    dataframe[variable] = dataframe[variable].clip(round(low_limit, 0), round(up_limit, 0))


def create_cltv_df(dataframe):
    replace_with_thresholds(dataframe, "customer_value")
    dataframe["order_num_total"] = (
        dataframe["order_num_total_ever_online"] + dataframe["order_num_total_ever_offline"]
    )
    dataframe = dataframe[dataframe["order_num_total"] > 1]
    analysis_date = dt.datetime(2021, 6, 1)
    cltv_df = pd.DataFrame()
    cltv_df["customer_id"] = dataframe["master_id"]
    cltv_df["recency_cltv_weekly"] = (
        dataframe["last_order_date"] - dataframe["first_order_date"]
    ).dt.days / 7
    cltv_df["T_weekly"] = (analysis_date - dataframe["first_order_date"]).dt.days / 7
    cltv_df["frequency"] = dataframe["order_num_total"]
    cltv_df["monetary_cltv_avg"] = dataframe["customer_value"] / dataframe["order_num_total"]
    cltv_df = cltv_df[(cltv_df["frequency"] > 1)]

    bgf = BetaGeoFitter(penalizer_coef=0.001)
    bgf.fit(cltv_df["frequency"], cltv_df["recency_cltv_weekly"], cltv_df["T_weekly"])
    print(bgf)
    for months in (3, 6):
        cltv_df[f"exp_sales_{months}_month"] = bgf.predict(
            4 * months,
            cltv_df["frequency"],
            cltv_df["recency_cltv_weekly"],
            cltv_df["T_weekly"],
        )
    ggf = GammaGammaFitter(penalizer_coef=0.01)
    ggf.fit(cltv_df["frequency"], cltv_df["monetary_cltv_avg"])
    print(ggf)
    cltv_df["exp_average_value"] = ggf.conditional_expected_average_profit(
        cltv_df["frequency"], cltv_df["monetary_cltv_avg"]
    )
    cltv = ggf.customer_lifetime_value(
        bgf,
        cltv_df["frequency"],
        cltv_df["recency_cltv_weekly"],
        cltv_df["T_weekly"],
        cltv_df["monetary_cltv_avg"],
        time=6,
        freq="W",
        discount_rate=0.01,
    )
    cltv_df["cltv"] = cltv
    cltv_df["scaled"] = (cltv - cltv.min()) / (cltv.max() - cltv.min())
    cltv_df["cltv_segment"] = pd.qcut(cltv_df["cltv"], 4, labels=["D", "C", "B", "A"])
    return cltv_df


cltv_df = create_cltv_df(customers())
print(cltv_df.shape, list(cltv_df.columns))
print(cltv_df.drop(columns=["customer_id", "cltv_segment"]).sum().round(0).to_dict())
print(cltv_df.sort_values("cltv", ascending=False)["customer_id"].head(5).tolist())
print(cltv_df.groupby("cltv_segment", observed=True)["cltv"].agg(["count", "mean", "sum"]).round(0))
print(round(cltv_df["scaled"].min(), 3), round(cltv_df["scaled"].max(), 3))
