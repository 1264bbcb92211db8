# Every plot of the tutorials.
# ruff: noqa
import warnings

warnings.filterwarnings("ignore")

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from lifetimes import BetaGeoFitter
from lifetimes.plotting import *
from lifetimes.plotting import plot_period_transactions
from lifetimes.utils import summary_data_from_transaction_data
from sales import sales

df = sales()
summary = summary_data_from_transaction_data(df, "CustomerID", "InvoiceDate")
bgf = BetaGeoFitter(penalizer_coef=0.001).fit(
    summary["frequency"], summary["recency"], summary["T"]
)
plt.figure(figsize=(8, 6))
ax = plot_frequency_recency_matrix(bgf, T=30, max_frequency=10, max_recency=60)
print(ax is plt.gcf().axes[0], ax.get_xlabel(), ax.get_ylabel())
plt.figure()
print(
    plot_probability_alive_matrix(bgf, max_frequency=10, max_recency=60, cmap="viridis").get_title()
)
plt.figure()
print(plot_period_transactions(bgf, max_frequency=7).get_ylabel())
plt.figure()
one = df[df["CustomerID"] == "C0001"]
plot_history_alive(bgf, 200, one, "InvoiceDate")
plt.savefig("history.png")
plt.close("all")
