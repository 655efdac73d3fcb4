"""What we compute beside what others published."""

from .prices import Rate, compare_rates
from .transits import Transit, compare_transits

__all__ = ["Rate", "Transit", "compare_rates", "compare_transits"]
