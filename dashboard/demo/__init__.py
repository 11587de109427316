"""A company to try Einklang with: people, campaigns in every state, and a generator of many for benchmarks."""

from dashboard.demo.people import PASSWORD, sign_ins

__all__ = ["PASSWORD", "sign_ins"]
