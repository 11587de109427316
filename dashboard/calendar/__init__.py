"""Calendar and timeline: one set of rows, shown by month, by week and over quarters, on screen and paper."""
