"""Searching while typing at the desk: 10,000 campaigns that all can be found, with 100,000 questions."""
