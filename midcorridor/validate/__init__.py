"""What we compute beside what others published."""

from .prices import Rate, compare_rates
from .stays import Stay, compare_stays
from .transits import Transit, compare_transits

__all__ = ["Rate", "Stay", "Transit", "compare_rates", "compare_stays", "compare_transits"]
