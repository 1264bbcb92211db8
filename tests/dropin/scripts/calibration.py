# Checked on a hold-out period before it is believed.
# ruff: noqa
import warnings

warnings.filterwarnings("ignore")

import pandas as pd
from lifetimes import BetaGeoFitter
from lifetimes.utils import calibration_and_holdout_data
from sales import sales

df = sales()
split = calibration_and_holdout_data(
    df,
    "CustomerID",
    "InvoiceDate",
    calibration_period_end="2011-08-31",
    observation_period_end="2011-12-09",
    monetary_value_col="Amount",
)
print(split.shape, list(split.columns), split.index.name)
bgf = BetaGeoFitter(penalizer_coef=0.001)
bgf.fit(split["frequency_cal"], split["recency_cal"], split["T_cal"])
split["predicted"] = bgf.predict(
    split["duration_holdout"], split["frequency_cal"], split["recency_cal"], split["T_cal"]
)
print(split[["frequency_cal", "recency_cal", "T_cal", "frequency_holdout"]].sum().to_dict())
print(split.groupby("frequency_cal")[["frequency_holdout", "predicted"]].mean().round(1).head(5))
