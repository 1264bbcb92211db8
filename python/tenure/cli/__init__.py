"""The command ``tenure``."""
