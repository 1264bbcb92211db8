"""English texts of the report page and the workbook."""

TEXTS: dict[str, str] = {
    "percent": "{value}%",
    "mean": "mean",
    "yes": "yes",
    "no": "no",
    "title": "Customer lifetime value and segments",
    "skip": "Skip to the content",
    "contents": "Sections",
    "theme": "Light or dark",
    "made": (
        "Made by tenure {version}. This page contains everything it needs and makes no"
        " network requests."
    ),
    "subtitle.customers": "{count} customers",
    "subtitle.date": "as of {date}",
    "table.of": "The figures of this chart",
    "table.more": "More columns to the right: scroll sideways",
    "figure.summary": "Summary",
    "figure.customers": "customers",
    "figure.revenue": "revenue expected in {horizon}, discounted",
    "figure.purchases": "purchases expected in {horizon}",
    "figure.alive": "mean probability of still being a customer",
    "figure.overdue": "of repeat customers have not ordered for more than twice their usual gap",
    "figure.spent": "spent so far",
    "figure.order": "average order value",
    "figure.top": "of the expected revenue comes from the top 20% of customers",
    "figure.top_purchases": "of the expected purchases come from the top 20% of customers",
    "figure.since": "days since the last order (median)",
    "figure.since_gap": (
        "days since the last order (median); the usual gap between a customer's orders"
        " is {gap} days (median)"
    ),
    "data.title": "The data",
    "data.quality": "What was read and what was done to it",
    "data.profile": "Columns as they were read",
    "data.first_rows": "The first rows as they were read",
    "data.numbers": "Statistics of the columns with numbers",
    "fit.title": "The models",
    "fit.two": (
        "The forecast rests on two models: one for how often customers buy and whether"
        " they still do, one for what a purchase brings."
    ),
    "fit.purchase": "{model}: how often",
    "fit.spend": "{model}: how much",
    "fit.good": "Fitted without reservations.",
    "fit.reserved": "Fitted, with reservations.",
    "fit.unsharp": "The fit did not reach its maximum sharply.",
    "fit.evidence": (
        "{customers} customers, log-likelihood {likelihood}, {evaluations} evaluations."
    ),
    "fit.alive_same": "P(alive) is {low} for every customer.",
    "fit.alive_range": "P(alive) runs from {low} to {high}.",
    "fit.undetermined": "Not identified by the data: {names}.",
    "fit.independent": "Order value and frequency are independent enough (Spearman's rho {rho}).",
    "fit.see": "The warnings above state what that means.",
    "fit.parameters": "Parameters of {model}",
    "fit.unknown": "not identified",
    "fit.compared": "Purchase models compared",
    "check.title": "Model compared with customers",
    "check.lead": (
        "A model is credible where it reproduces what is known. The charts compare the"
        " customers as observed with what the fitted model expects of them."
    ),
    "check.frequency": "Customers by number of repeat purchases",
    "check.frequency_alt": (
        "Bars: customers with each number of repeat purchases, actual next to expected."
        " The two differ by {differ} of {count} customers."
    ),
    "check.repeat": "repeat purchases",
    "check.customers": "customers",
    "check.actual": "actual",
    "check.model": "model",
    "check.tracking_alt": (
        "Lines: repeat purchases, actual next to expected. At the end: {actual} actual,"
        " {expected} expected."
    ),
    "check.time": "{unit} since the first purchase",
    "check.alive_map": "Probability of still being a customer",
    "check.value_map": "Mean {value}",
    "check.map_alt": (
        "Heat map: {value} by repeat purchases and time since the last purchase;"
        " minimum {minimum}, maximum {maximum}."
    ),
    "check.map_note": "Each cell is the mean over the customers in it; empty cells have none.",
    "check.inactivity": "months since the last purchase",
    "check.from_to": "{low}–{high}",
    "check.no_charts": (
        "Charts are left out: they need further libraries, which {command}, run in a"
        " checkout of tenure, installs."
    ),
    "check.cumulative_purchases": "Cumulative repeat purchases",
    "check.incremental_purchases": "Repeat purchases per period",
    "check.no_alive": (
        "P(alive) is not charted: under this fit it carries no information about these customers."
    ),
    "forecast.periods": "{value} periods",
    "segments.title": "Value segments",
    "segments.lead": "Customers in groups by {value}; customers of equal value stay together.",
    "segments.chart": "Share of customers and of expected value by value segment",
    "segments.alt": (
        "Bars: each segment's share of customers next to its share of {value}."
        " {segment}: {customers} of the customers, {share} of {value}."
    ),
    "segments.customers": "customers",
    "segments.figures": "Figures of the segments",
    "segments.advice": "What to do with each segment",
    "segments.unit": "share, %",
    "segments.segment": "segment",
    "segments.basis": "The figures behind the advice",
    "segments.revenue_share": "expected revenue",
    "segments.purchases_share": "expected purchases",
    "rfm.title": "RFM segments",
    "rfm.lead": (
        "Scores by quantiles of recency (days since the last order; the highest score"
        " is the most recent), frequency (orders) and monetary (total spend); segments"
        " by recency and frequency."
    ),
    "rfm.chart": "Share of customers and of expected value by RFM segment",
    "tables.title": "Channels, categories and top customers",
    "tables.channels": "By channel",
    "tables.top_revenue": "Top customers by revenue so far",
    "tables.top_orders": "Top customers by orders so far",
    "tables.best": "Top {count} customers by expected value",
    "tables.customers": "Top customers",
    "tables.last_channels": "By channel of the last order",
    "tables.categories": "By category (a customer counts in each of their categories)",
    "tables.store_types": "By type of store (a customer counts in each type they bought from)",
    "tables.crossed": "{table}: customers by {segment}",
    "campaigns.title": "Campaigns",
    "campaigns.overlap": "Customers that two lists share",
    "campaigns.download": "Download the ids of {name}",
    "campaigns.short": "Download {file}",
    "campaigns.lists": (
        "Target lists; purchases and revenue that these customers are expected to bring"
        " in {horizon} without the campaign"
    ),
    "campaigns.lead": (
        "Expected revenue is what these customers are expected to bring without the"
        " campaign. It is not the effect of the campaign: that shows only against a"
        " control group."
    ),
    "cohorts.title": "Cohorts",
    "cohorts.lead": (
        "Customers by the month of their first purchase, and what they did in the"
        " months after it. What has not been observed yet is empty."
    ),
    "cohorts.incomplete": "The last month is incomplete: its figures will still grow.",
    "cohorts.retention": "Customers who bought again, by month after the first purchase (%)",
    "cohorts.age": "months since the first purchase",
    "cohorts.cohort": "first purchase in",
    "cohorts.alt": (
        "Heat map of the last {cohorts} cohorts by months since the first purchase:"
        " {value}; minimum {minimum}, maximum {maximum}."
    ),
    "cohorts.survival": (
        "Customers expected to be still active, by month after the first purchase (%, model)"
    ),
    "cohorts.cohort_revenue": "Cumulative revenue per customer",
    "movement.title": "Movement since the last run",
    "movement.lead": (
        "{risers} customers rose to a better value segment, {fallers} fell, {new} are"
        " new and {gone} are no longer in the data."
    ),
    "movement.table": "Customers by segment in the earlier run (rows) and in this one (columns)",
    "movement.from": "earlier run",
    "movement.both": (
        "Of {both} customers in both runs {risen} rose ({risen_share}), {fallen} fell"
        " ({fallen_share}) and {same} stayed ({same_share}). New: {new}; no longer in"
        " the data: {gone}."
    ),
    "movement.move": "{customers} from {previous} to {current}",
    "movement.largest": "The largest moves: {moves}.",
    "customers.title": "All customers",
    "customers.some": (
        "The {shown} customers with the highest value, of {count}. The file"
        " forecast.csv has them all."
    ),
    "customers.every": (
        "All customers, the most valuable first. Sort by any column and filter by"
        " segment or campaign; the download has the rows found, in the order shown."
    ),
    "customers.caption": "Customers and what is expected of them",
    "customers.first": (
        "The first {count}; sorting, searching and downloading need JavaScript and the"
        " libraries that {command}, run in a checkout of tenure, installs."
    ),
    "customers.search": "Customer id",
    "customers.download": "Download as csv",
    "customers.info": "_START_–_END_ of _TOTAL_",
    "customers.empty": "No customers found",
    "customers.filtered": "(of _MAX_)",
    "customers.page": "Rows per page",
    "customers.first_page": "First page",
    "customers.last_page": "Last page",
    "customers.next_page": "Next page",
    "customers.previous_page": "Previous page",
    "customers.sort": ": activate to sort",
    "customers.how": (
        "Finds ids that begin with the text; from four characters on, ids that contain it."
    ),
    "customers.any": "all",
    "customers.paper": "On paper: the first rows of the table. The page has all of them.",
    "method.title": "How the figures were calculated",
    "method.months": (
        "A month is 30.4375 days. A repeat purchase is any after the first; the"
        " purchase model counts those."
    ),
    "method.spend": (
        "The spending model counts the purchases that a customer's average order value"
        " averages. Revenue is discounted month by month, from the end of each; no"
        " costs are deducted."
    ),
    "method.settings": "Settings of this run",
    "sheet.cut": (
        "The first {shown} of {count} rows; a sheet has room for no more. {file} has them all."
    ),
    "trust.title": "How far the figures can be trusted",
    "trust.some": (
        "What bears on the figures of this page, one line each; open a line for the"
        " reason and the remedy."
    ),
    "trust.none": "Nothing in the data or the fits calls for a warning.",
    "trust.page": "More in",
    "trust.pointer": "Warnings that bear on these figures: {count}",
    "appendix.title": "Appendix: data, models and settings",
    "chart.save": "Save as {kind}: {title}",
    "overview.title": "What to do and what it is worth",
    "overview.totals": "Expected from all customers together",
    "overview.findings": "What stands out over all customers",
    "overview.money": (
        "Expected revenue is discounted to today; no costs are deducted. The value of a"
        " customer is the revenue expected of that customer over the longest horizon."
    ),
    "overview.counts": (
        "Without amounts, customers are ranked by the purchases expected of them over"
        " the longest horizon."
    ),
    "models.asked": "asked for by name; the others were not fitted",
    "models.saved": "read from {file}, not fitted",
    "models.saved_date": "read from {file}, fitted to data up to {date}",
    "models.scripts": "convention='total' reproduces scripts, which use BG/NBD",
    "models.only": "the only model that could be fitted",
    "models.likelihood": "highest log-likelihood, {difference} above {other}",
    "models.identified": "fits as well as {others}, and its parameters are identified",
    "models.holdout": "fits as well as {others}, and its hold-out error is the smallest",
    "models.informative": (
        "fits as well as {others}, and its P(alive) is not 1 by construction or for all customers"
    ),
    "models.order": "fits as well as {others}; the first in a fixed order is taken",
    "models.degenerate": (
        "the data show no dropout, so it is the same model as {others} (the NBD); the"
        " first in a fixed order is taken"
    ),
    "models.equal": "fits as well; {other} was taken",
    "models.lower": "log-likelihood {difference} below {other}",
    "models.failed": "left out, it could not be fitted: {error}",
}
