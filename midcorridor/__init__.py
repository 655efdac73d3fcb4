"""Plan, simulate and improve a whole freight corridor."""

__version__ = "0.1.0"
