"""A company to try Einklang with, and a generator of many campaigns for benchmarks."""

from dashboard.demo.people import PASSWORD, sign_ins

__all__ = ["PASSWORD", "sign_ins"]
