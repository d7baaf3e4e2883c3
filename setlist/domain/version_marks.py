"""What stands beside a title and says which recording of the song it is, in the languages of the catalogues.

A mark stands alone in brackets or after a dash. It is read without case and accents, by the words it begins
or ends with: most are a kind of recording with somebody's name, a year or a place.
"""

import re

from setlist.domain.folding import fold

# Alone or with whatever follows: "remastered 2009", "acoustic session", "en vivo en Barcelona".
BEGINS = r"""
    (?:digitally )?remaster\w*|ремастер\w*|リマスター\w*
    (?:solo )?(?:acoust|acust|akust|akoust|akoest|акуст)\w*|アコースティック\w*|어쿠스틱\w*
    en vivo|ao vivo|dal vivo|en directo|en direct|en public|en concert|in concert|in concerto|na zywo
    zive|nazivo
    концерт\w*|вживую|canli|directo|konzertmitschnitt|حفلة|حية|live版|ライブ\w*|ライヴ\w*|现场版?|現場版?|라이브\w*
    demo|demos|home demo|instrumental\w*|インスト\w*|伴奏|off vocal|backing track|karaoke|カラオケ\w*|караоке
    unplugged|mtv unplugged|radio edit|single edit|bonus track|rough mix|alternate|alternative
    recorded (?:at|in|live)|re ?recorded|a ?cap+ella|outtake|nightcore|sped up|slowed|spotify singles
    tv size|tv ver\w*|short ver\w*|full ver\w*
    made famous|originally performed|as made famous|in the style of
    (?:love )?theme (?:song )?from|(?:as )?(?:featured|heard|seen) (?:in|on)
    (?:official |lyric |music ){1,2}video
    take \d+ and|dedicated to|produced by|rimasteri\w*|remasteri[sz]\w*|8d audio|voice memo
    ζωντανα|مباشر|הופעה חיה|בהופעה
    \d+(?:st|nd|rd|th) anniversary
"""
# Live is a word of titles too ("Live Forever"): a place, a date or a kind of programme has to follow.
LIVE = (
    r"live(?: (?:at|in|on|from|im|am|aus|auf|bei|beim|fra|pa|au|aux|chez|en|desde|al|alla|allo|a san|v|w|na|"
    r"i|z|lounge|mtv|bbc|kexp|version|sessions?|take|edit|mix|recording|acoustic|demo|unplugged|performance|"
    r"\d{2,4})\b.*)?"
)
# "Anna's remix", "klavierversion", "10 minute version", "BBC session": what comes before is whose or which.
ENDS = r"""
    \w*version\w*|versao|wersja|fassung|версия|versie|versjon|ver|バージョン|ヴァージョン|\w*版|ремикс|inst
    \w*mix|rmx|edit|edition|dub|sessions?|session \d+|bootleg|re ?work|vip|extended|soundtrack|unplugged
    remaster\w* version|ремастер|demo|recording|rendition|cover
    take \d+|(?:alternate|alternative|early|first|second|final) take|(?:directors|album|single|radio) cut
    bonus track|(?:live |tour )debut|spotify singles
    amazon original|(?:voice|phone) memo|digital master|visuali[sz]er
    extended (?:intro|outro|ending)|(?:acoustic|unplugged|mtv|bbc|\d{4}) live|from the vault|mono|stereo
"""
# Wherever it stands: these are words of no title that anybody would put in brackets.
ANYWHERE = r"""
    remix\w*|remaster\w*|acoustic|instrumental|karaoke|カラオケ|unplugged|outtakes?|rehearsals?|broadcast|appearance
    mitschnitt|takes \d+
"""
# Only alone: each is an ordinary word.
WHOLE = r"""
    (?:19|20)\d\d|explicit|clean|commentary|album version|lp version|piano|solo|electric|stripped|full band
    snippet|tease|teased|partial|tape|from tape|false start|shortened|abbreviated|incomplete|aborted|short
    long|re ?worked|rerecording|single|original|unfinished|audio|video
"""
OUT_OF = (
    r"from (?:the )?(?:motion picture|original|film|movie|series|album|soundtrack|musical|game|vault)\b.*|"
    r"from .+ (?:soundtrack|movie|film|motion picture|musical)"
)
DATED = r"\d{1,4} \d{1,2} \d{1,4}(?: .*)?"  # the day it was recorded
VERSION_OF = r"version\w* (?!of\b).+|versao .+|wersja .+"


def _listed(words: str) -> str:
    lines = (line.strip() for line in words.strip().splitlines())
    return "|".join(lines)


_MARK = re.compile(
    rf"(?:{_listed(BEGINS)})(?: .*)?|{LIVE}|(?:.* )?(?:{_listed(ENDS)})(?: \d{{1,4}})?|{_listed(WHOLE)}|"
    rf"(?:.* )?(?:{_listed(ANYWHERE)})(?: .*)?|{DATED}|{OUT_OF}|{VERSION_OF}"
)
# "(In the Mix)" and "(No Edit Needed)" are said of something else; a reprise is a song of its own.
_OF_THE_TITLE = re.compile(
    r"(?:in|into|on|onto|to|of|for|with|no|without) (?:the |a |my |your |our )?"
    r"(?!concert|public|session|stereo|mono|dub)\w+( \w+)?|"
    r"(?:.* )?(?:reprise|interlude)(?: .*)?"
)
_OUT_OF_QUOTED = re.compile(r"(?:music |theme |song )?(?:from|aus|de|da) [\"'“‘«„].*", re.IGNORECASE)
_LIVE_IN_FRENCH = re.compile(r"live à\b.*", re.IGNORECASE)  # without its accent it is "live a little"
_PARTS = re.compile(r"\s*[;/]\s*|\s@\s*")


def is_version_mark(text: str) -> bool:
    """Of several marks together, as in "Live; 1991" or "Acoustic / 2010 Mix", the first one tells."""
    if _OUT_OF_QUOTED.fullmatch(text.strip()) or _LIVE_IN_FRENCH.fullmatch(text.strip()):
        return True
    if _OF_THE_TITLE.fullmatch(fold(text)):
        return False
    first = _PARTS.split(text.strip(), maxsplit=1)[0]
    return any(_MARK.fullmatch(fold(part)) for part in (text, first))
