"""The portfolio: all campaigns by goal and quarter, how much is going on at once, and what is warned of."""
