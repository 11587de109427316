"""Draws the icons of the installed app from static/img/mark.svg: `python docs/icons.py`."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.e2e.pages import browser  # noqa: E402

IMAGES = ROOT / "static" / "img"
ACCENT = "#7a2a66"
# Launchers cut a maskable icon to their own shape: colour to the edge, the mark within the safe 80 %.
SIZES = {"app-180": (180, False), "app-192": (192, False), "app-512": (512, False)}
SIZES["app-512-maskable"] = (512, True)


def drawing(size: int, maskable: bool) -> str:
    """The mark as an HTML page of `size` pixels."""
    mark = (IMAGES / "mark.svg").read_text()
    if maskable:
        mark = re.sub(r'viewBox="[^"]*"', 'viewBox="-4 -4 40 40"', mark).replace('rx="8"', "")
    ground = ACCENT if maskable else "transparent"
    return f"<style>*{{margin:0;background:{ground}}}svg{{display:block;width:{size}px}}</style>{mark}"


def main() -> None:
    """Write every icon."""
    with browser() as started:
        for name, (size, maskable) in SIZES.items():
            page = started.new_page(viewport={"width": size, "height": size})
            page.set_content(drawing(size, maskable))
            page.screenshot(path=IMAGES / f"{name}.png", omit_background=not maskable)
            page.close()


if __name__ == "__main__":
    main()
