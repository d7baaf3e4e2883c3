"""As much of Lucene's query language as is needed to see which name is looked for."""

import re

_FIELD = re.compile(r'\b(?:artist|alias|artistaccent|sortname|name):(?:"((?:[^"\\]|\\.)*)"|(\S+))')
_OTHER_FIELD = re.compile(r'\b\w+:(?:"(?:[^"\\]|\\.)*"|\S+)')
_OPERATOR = re.compile(r"\b(?:AND|OR|NOT)\b")


def named_in(query: str) -> str:
    """The words of the first name field, or else the bare words. Escaped characters are themselves."""
    match = _FIELD.search(query)
    text = (match[1] or match[2] or "") if match else _OPERATOR.sub(" ", _OTHER_FIELD.sub(" ", query))
    return re.sub(r"\\(.)", r"\1", text)
