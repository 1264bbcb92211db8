# Calibration, hold-out and every tracking plot, with the numbers behind them.
# ruff: noqa
import warnings

warnings.filterwarnings("ignore")

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter
from lifetimes.plotting import (
    plot_calibration_purchases_vs_holdout_purchases,
    plot_cumulative_transactions,
    plot_frequency_recency_matrix,
    plot_incremental_transactions,
    plot_probability_alive_matrix,
)
from lifetimes.utils import (
    calculate_alive_path,
    calibration_and_holdout_data,
    expected_cumulative_transactions,
)
from sales import sales

df = sales(customers=300, seed=21)
cal = calibration_and_holdout_data(
    df,
    "CustomerID",
    "InvoiceDate",
    calibration_period_end="2011-08-31",
    observation_period_end="2011-12-09",
    freq="D",
    monetary_value_col="Amount",
)
print(cal.head(3).round(1))
models = {}
for model in (BetaGeoFitter(penalizer_coef=0.01), ModifiedBetaGeoFitter(penalizer_coef=0.01)):
    name = type(model).__name__
    models[name] = model.fit(cal["frequency_cal"], cal["recency_cal"], cal["T_cal"])
    predicted = model.predict(
        cal["duration_holdout"], cal["frequency_cal"], cal["recency_cal"], cal["T_cal"]
    )
    error = np.sqrt(((predicted - cal["frequency_holdout"]) ** 2).mean())
    print(name, round(error, 2), round(predicted.sum(), 0), cal["frequency_holdout"].sum())

bgf = models["BetaGeoFitter"]
for kind in ("frequency_cal", "recency_cal", "T_cal", "time_since_last_purchase"):
    ax = plot_calibration_purchases_vs_holdout_purchases(bgf, cal, kind=kind, n=5)
    print(kind, ax.get_xlabel(), "|", ax.get_ylabel(), "|", ax.get_title())
    for line in ax.lines:
        print(np.round(line.get_ydata(), 2).tolist())
    plt.close("all")

fig, axes = plt.subplots(1, 2, figsize=(14, 5))
for ax, plot in zip(axes, (plot_cumulative_transactions, plot_incremental_transactions)):
    found = plot(bgf, df, "InvoiceDate", "CustomerID", 370, 270, ax=ax)
    print(found is ax, ax.get_title(), [text.get_text() for text in ax.get_legend().get_texts()])
    print([float(np.round(np.nansum(line.get_ydata()), 0)) for line in ax.lines[:2]])
plt.savefig("tracking.png")
table = expected_cumulative_transactions(bgf, df, "InvoiceDate", "CustomerID", 370, freq="D")
print(table.shape, list(table.columns), table.iloc[-1].round(0).tolist())

plt.figure(figsize=(10, 7))
plot_frequency_recency_matrix(bgf, T=30, max_frequency=8, max_recency=30)
plt.figure(figsize=(10, 7))
ax = plot_probability_alive_matrix(bgf, 8, 30)
print(np.round(np.asarray(ax.images[0].get_array())[::10, ::4], 3).tolist())
one = df[df["CustomerID"] == df["CustomerID"].value_counts().idxmax()]
path = calculate_alive_path(bgf, one, "InvoiceDate", 300)
print(len(path), [round(float(np.ravel(value)[0]), 3) for value in list(path)[::60]])
