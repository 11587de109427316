"""Production's settings, and the floor beside the product's own addresses."""

from pathlib import Path

from accounts.permissions import ACCESS, page
from config.settings.prod import *  # noqa: F403
from config.settings.prod import TEMPLATES

ROOT_URLCONF = "bench.pages.floor"
TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")
ACCESS["floor"] = page(note="what everything else is measured against")
