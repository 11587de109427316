"""Checks that say what a test wants, instead of all that the apps register."""

from contextlib import contextmanager

from campaigns.readiness import Line, Progress, approval_checks, launch_checks


def line(key="stub", *, open_=True, waivable=False, **kwargs):
    progress = Progress.STUCK if open_ else Progress.DONE
    return Line(key=key, title=f"Point {key}", progress=progress, waivable=waivable, **kwargs)


@contextmanager
def only(registry, **checks):
    """Within, the registry holds exactly these checks."""
    kept = registry._entries
    registry._entries = dict(checks)
    try:
        yield
    finally:
        registry._entries = kept


def approval(*lines):
    return only(approval_checks, stub=lambda dossier: list(lines))


def launching(*lines):
    return only(launch_checks, stub=lambda dossier, region: list(lines))


def own_checks():
    """Only the launch checks of campaigns itself."""
    own = {name: check for name, check in launch_checks.items() if name.startswith("campaigns.")}
    return only(launch_checks, **own)
