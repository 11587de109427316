"""Thousands of campaigns with everything that hangs on them, for benchmarks; see run.make."""
