"""Words that say nothing of what somebody looks for, folded; German and English."""

from desk.folding import query_words

_LITTLE_GERMAN = """
    der die das den dem des ein eine einen einem einer eines und oder ist sind war hat haben ich du er sie
    es wir ihr mir mich mein meine was wie wo wer wann warum auf an in im am zu zum zur mit von vom bei
    nach noch nicht kein keine auch so nur aber dass ob wenn man kann für über um als bis aus
"""
_LITTLE_ENGLISH = """
    the a an of and or is are was has have i you he she it we they my what how where who when why on in at
    to with from for by not no also so only but that if can do does did this
"""
LITTLE_WORDS = frozenset(query_words(_LITTLE_GERMAN + _LITTLE_ENGLISH))
