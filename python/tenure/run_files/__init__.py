"""The files of a run: csv tables with their data dictionary, the run record, the directory."""
