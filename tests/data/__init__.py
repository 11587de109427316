"""Data that tests read, with its source and licence beside it."""

import json
from pathlib import Path

HERE = Path(__file__).parent


def naughty_strings() -> list[str]:
    """The big list of naughty strings, empty ones left out."""
    strings = json.loads((HERE / "naughty-strings" / "blns.json").read_text(encoding="utf-8"))
    return [text for text in strings if text.strip()]
