"""The whole job: from a file or table to forecasts, segments, target lists and files."""
