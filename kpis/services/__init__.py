"""Every write of the kpis app."""
