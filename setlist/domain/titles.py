"""When two titles name one song, and two names one artist or venue."""

import re
import unicodedata

# What a reader takes for the same sign. NFKD leaves these apart.
SAME_SIGNS = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-", "—": "-"}
    | {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"}
)
MARKS_ARE_ORNAMENT = ("LATIN", "GREEK")

# A version mark says which recording of a song this is. It stands alone in brackets or after " - ".
LEADING = (
    r"live(?: (?:at|from|in|on|version|session|take|edit|mix|recording|acoustic|demo|\d{4})\b.*)?|"
    r"(?:remaster(?:ed)?|acoustic|demo|instrumental|karaoke|mono|stereo|radio edit|single edit|bonus track|"
    r"recorded (?:at|in|live)|unplugged|re-?recorded|a ?cappella|outtake)\b.*|"
    r"from (?:the (?:motion picture|original|film|series|album|soundtrack)\b|[\"'“‘]).*|"
    r"(?:explicit|clean|commentary)(?: (?:version|edit|track))?"
)
TRAILING = (
    r"remaster(?:ed)?|version|versión|mix|remix|edit|edition|demo|dub|sessions?|take(?: \d+)?|"
    r"recording|instrumental|karaoke|commentary|acoustic|mono|stereo|unplugged|outtake|rework|bootleg"
)
VERSION = re.compile(
    rf"(?:{LEADING}|.*\b(?:{TRAILING})(?: \d{{4}})?|\d{{4}} (?:{TRAILING}|live)\b.*)", re.IGNORECASE
)
# "(with Ana Sol)" credits a guest; "(With Me)" belongs to the title.
GUEST = re.compile(r"(?i:feat(?:uring|\.)?|ft\.?) .+|with (?=[^\W\d_])(?![a-zà-ÿ]).+")
BRACKET_AT_END = re.compile(r"^(?P<title>.*\S)\s*(?:\((?P<round>[^()]*)\)|\[(?P<square>[^\[\]]*)\])$")
DASH_AT_END = re.compile(r"^(?P<title>.*\S)\s+[-–—]\s+(?P<mark>[^-–—]+)$")
GUEST_AT_END = re.compile(r"^(?P<title>.*\S)\s+(?:feat(?:uring|\.)|ft\.)\s+\S.*$", re.IGNORECASE)
NOT_BY_THE_ACT = re.compile(
    r"(?:[(\[]|\s[-–—]\s).*\b(?:karaoke|commentary|made famous by|tribute to|originally performed)\b",
    re.IGNORECASE,
)


def fold(text: str) -> str:
    """The text as it is compared: no case, accents, punctuation or doubled blanks.

    Marks are dropped from Latin and Greek letters only: elsewhere they tell letters apart. Text that is
    nothing but punctuation ("?", "!!!") stays as it is.
    """
    plain = _without_ornament(text.translate(SAME_SIGNS)).casefold().replace("&", " and ").replace("'", "")
    words = re.sub(r"[\W_]+", " ", plain).strip()
    return words or " ".join(text.casefold().split())


def base_title(title: str) -> str:
    """The title without version marks and guests, in its own spelling."""
    current = " ".join(title.split())
    while (shorter := _without_last_mark(current)) != current:
        current = shorter
    return current


def song_key(title: str) -> str:
    """What is equal for all recordings of one song by one artist."""
    return fold(base_title(title))


def is_by_the_act(title: str) -> bool:
    """Whether a recording is the act's own: no karaoke, tribute or commentary."""
    return NOT_BY_THE_ACT.search(title) is None


def slug(text: str) -> str:
    """The text for a web address; may be empty for scripts that have no ASCII form."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:60]


def _without_last_mark(title: str) -> str:
    if bracket := BRACKET_AT_END.match(title):
        mark = (bracket["round"] if bracket["round"] is not None else bracket["square"]).strip()
        return bracket["title"] if VERSION.fullmatch(mark) or GUEST.fullmatch(mark) else title
    if (dash := DASH_AT_END.match(title)) and VERSION.fullmatch(dash["mark"].strip()):
        return dash["title"]
    if guest := GUEST_AT_END.match(title):
        return guest["title"]
    return title


def _without_ornament(text: str) -> str:
    letters: list[str] = []
    for sign in unicodedata.normalize("NFKD", text):
        ornament = unicodedata.combining(sign) and letters and _takes_ornament(letters[-1])
        if not ornament:
            letters.append(sign)
    return unicodedata.normalize("NFKC", "".join(letters))


def _takes_ornament(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(MARKS_ARE_ORNAMENT)
