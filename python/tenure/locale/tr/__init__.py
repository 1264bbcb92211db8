"""Turkish: one module per kind of text, each with a mapping ``TEXTS``."""
