"""What `./run` does: sets the machine up, starts every part, starts again what dies, stops all.

Only the standard library and aiosmtpd, and no import from outside this package: it is started as the
top-level package `supervisor` before anything is installed, and stays small beside what it watches.
"""
