"""Compile the translations; `python -m config.texts`. Works without gettext installed."""

import os
from pathlib import Path

from config.supervisor.console import step
from config.supervisor.paths import ROOT


def compile_translations(root: Path = ROOT) -> None:
    """Compile every .po that is newer than its .mo; doubtful (fuzzy) entries are left out."""
    stale = [po for po in root.glob("locale/*/LC_MESSAGES/*.po") if _is_stale(po)]
    if not stale:
        return
    with step("Compiling translations"):
        for po in stale:
            _compile(po)


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime


def _compile(po: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with po.open("rb") as file:
        catalogue = read_po(file, locale=po.parts[-3])
    draft = po.with_suffix(f".mo.{os.getpid()}")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(po.with_suffix(".mo"))


if __name__ == "__main__":
    compile_translations()
