"""The laws run the same examples on every computer, every time: a failure today is a failure tomorrow."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "laws",
    derandomize=True,
    deadline=None,  # other jobs share the machine: time is the benchmark's business
    database=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("laws")
