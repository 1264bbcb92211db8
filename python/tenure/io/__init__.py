"""Tables and files, in and out: dataframes of any kind, delimited text, spreadsheets, dates."""
