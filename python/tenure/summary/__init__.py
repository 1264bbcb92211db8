"""Customer summaries: frequency, recency, T and monetary value, from transactions or totals."""
