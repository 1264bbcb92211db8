"""Transitions of customers between the segments of two runs."""
