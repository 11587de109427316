"""What changed between two texts, word by word, as safe HTML."""

import difflib
import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# Words, runs of white space and single marks; so a full stop does not make its word look changed.
TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
# Beyond this, difflib's quadratic worst case is felt; whole paragraphs are compared instead.
MAX_TOKENS = 6000


def _tokens(text: str) -> list[str]:
    words = TOKEN.findall(text)
    return words if len(words) <= MAX_TOKENS else text.splitlines(keepends=True)


def changes(old: str, new: str) -> list[tuple[str, str]]:
    """The texts as a list of (`same`, `del` or `ins`, piece), in reading order."""
    before, after = _tokens(old), _tokens(new)
    pieces: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(("same", "".join(before[a:b])))
            continue
        if b > a:
            pieces.append(("del", "".join(before[a:b])))
        if d > c:
            pieces.append(("ins", "".join(after[c:d])))
    return pieces


def word_diff(old: str, new: str) -> SafeString:
    """`old` and `new` in one text, what went as `<del>`, what came as `<ins>`; everything escaped."""
    tags = {"same": "{}", "del": "<del>{}</del>", "ins": "<ins>{}</ins>"}
    return mark_safe("".join(tags[kind].format(escape(piece)) for kind, piece in changes(old, new)))
