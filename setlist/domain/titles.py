"""When two titles name one song.

A title is the song's own words, then perhaps who else is on the recording and which recording it is. What is
not clearly one of those belongs to the title: "(I Can't Get No) Satisfaction", "Breathe (In the Air)", and a
reprise, which is a song of its own.
"""

import re
import unicodedata

from setlist.domain.folding import fold
from setlist.domain.spellings import spelled_alike
from setlist.domain.version_marks import is_version_mark

# "(with Ana Sol)" credits a guest; "(With Me)" belongs to the title, and so does "(mit mir)".
_ONESELF = r"(?i:me|mir|dir|uns|you|us|him|her|them|te|ti|mi|migo|dig|mig)\b"
_WITH = rf"(?:with|con|avec|mit|com|med|part\.?|w/) ?(?=[^\W\d_])(?![a-zà-ÿ])(?!{_ONESELF})"
_FEATURING = r"(?i:feat(?:uring|\.)?|ft\.?|prod(?:uced by|\.)?|duett?o? (?:with|con|avec|mit)|w/)"
GUEST = re.compile(rf"{_FEATURING} .+|{_WITH}.+")
GUEST_IN_BETWEEN = re.compile(rf"\s*[(\[]{_FEATURING} [^()\[\]]+[)\]](?=,? \S)")
OPEN, CLOSE = "([（［【", ")]）］】"
DASH_AT_END = re.compile(r"^(?P<title>.*\S)\s+[-–—]\s*(?P<mark>(?:(?!\s[-–—]\s).)+?)\s*-?$")
SLASH_AFTER_DASH = re.compile(r"^(?P<title>.*\S\s[-–—]\s.*\S)\s/\s(?P<mark>[^/]+)$")
# "Angel (From Montgomery)" is its own; square brackets say where a song is out of.
FROM_AT_END = re.compile(r"^(?P<title>.*\S)\s+\[[Ff]rom [^\[\]]+\]$")
WAVES_AT_END = re.compile(r"^(?P<title>.*\S)\s*[〜～~](?P<mark>[^〜～~]+)[〜～~]$")
LIVE_SOMEWHERE = re.compile(
    r"^(?P<title>.*?\S)\s+[-–—]\s+(?P<mark>(?i:live (?:at|in|from|on)|recorded (?:at|in)) .+)$"
)
GUEST_AT_END = re.compile(r"^(?P<title>.*\S)\s+(?:feat(?:uring|\.)|ft\.)\s+\S.*$", re.IGNORECASE)
NOT_BY_THE_ACT = re.compile(
    r"(?:[(\[（]|\s[-–—]\s).*"
    r"(?:\b(?:karaoke|commentary|made famous by|tribute to|originally performed)\b|カラオケ|караоке)",
    re.IGNORECASE,
)
ARTICLES = frozenset({"the", "a", "an"})


def base_title(title: str) -> str:
    """The title without version marks and guests, in its own spelling."""
    current = GUEST_IN_BETWEEN.sub("", " ".join(title.split()))
    while (shorter := _without_last_mark(current)) != current:
        current = shorter
    return current


def song_key(title: str) -> str:
    """What is equal for all recordings of one song by one artist, as words."""
    return spelled_alike(base_title(title))


def match_key(key: str) -> str:
    """A song's key however its words are spaced ("Blackout", "B.Y.O.B."); numbers and articles stay apart."""
    article, found, rest = key.partition(" ")
    if found and article in ARTICLES:
        return f"{article} {match_key(rest)}"
    return re.sub(r"(?<=\D) (?=\D)|(?<=\D) (?=\d)|(?<=\d) (?=\D)", "", key)


def same_song(one: str, other: str) -> bool:
    """Whether two titles of one artist name one song."""
    return match_key(song_key(one)) == match_key(song_key(other))


def is_by_the_act(title: str) -> bool:
    """Whether a recording is the act's own: no karaoke, tribute or commentary."""
    return NOT_BY_THE_ACT.search(title) is None


def slug(text: str) -> str:
    """The text for a web address; may be empty for scripts that have no ASCII form."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:60]


def _without_last_mark(title: str) -> str:
    if (bracket := _bracket_at_end(title)) and _is_beside(*bracket):
        return bracket[0]
    if provenance := FROM_AT_END.match(title):
        return provenance["title"]
    for pattern in (WAVES_AT_END, LIVE_SOMEWHERE, DASH_AT_END, SLASH_AFTER_DASH):
        found = pattern.match(title)
        if found is not None and _is_beside(found["title"], found["mark"].strip()):
            return found["title"]
    guest = GUEST_AT_END.match(title)
    return guest["title"] if guest is not None else title


def _bracket_at_end(title: str) -> tuple[str, str] | None:
    """What stands before the last bracket and in it: brackets within it and all, cut off or closed."""
    depth, is_cut_off = 0, title[-1:] not in CLOSE
    for place in range(len(title) - 1, 0, -1):
        depth += (title[place] in CLOSE) - (title[place] in OPEN)
        if depth < 0 if is_cut_off else depth == 0:
            mark = title[place + 1 :] if is_cut_off else title[place + 1 : -1]
            return title[:place].rstrip(), mark.strip()
        if is_cut_off and depth > 0:
            return None
    return None


def _is_beside(title: str, mark: str) -> bool:
    return _says_which(mark) or _is_translation(title, mark)


def _says_which(mark: str) -> bool:
    """A guest may be named with a mark after: "feat. Sia - Extended" was taken apart before."""
    return is_version_mark(mark) or GUEST.fullmatch(mark) is not None


def _is_translation(title: str, mark: str) -> bool:
    """The title once more in another script: "봄날 (Spring Day)", "Katyusha (Катюша)"."""
    one, other = _is_latin(title), _is_latin(mark)
    return None not in {one, other} and one is not other


def _is_latin(text: str) -> bool | None:
    """Whether its letters are, all of them; None where it has none, or some of both."""
    letters = [unicodedata.name(sign, "").startswith("LATIN") for sign in text if sign.isalpha()]
    return letters[0] if letters and len(set(letters)) == 1 else None
