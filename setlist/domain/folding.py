"""Text as it is compared: what a reader takes for the same is the same."""

import unicodedata

# What a reader takes for the same sign. NFKD leaves these apart.
SAME_SIGNS = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-", "—": "-"}
    | {"′": "'", "″": '"', "ı": "i"}
    | {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"}
)
MARKS_ARE_ORNAMENT = ("LATIN", "GREEK")


def fold(text: str) -> str:
    """The text as it is compared: no case, accents, punctuation or doubled blanks.

    Marks are dropped from Latin and Greek letters only: elsewhere they tell letters apart. Text that is
    nothing but punctuation ("?", "!!!") stays as it is.
    """
    plain = _without_ornament(text.translate(SAME_SIGNS)).casefold().replace("&", " and ").replace("'", "")
    words = " ".join("".join(sign if _is_of_a_word(sign) else " " for sign in plain).split())
    return words or " ".join(text.casefold().split())


def _is_of_a_word(sign: str) -> bool:
    """Letters and figures, and the marks that are vowels or tones in the scripts of India and Siam."""
    return sign.isalnum() or unicodedata.category(sign).startswith("M")


def _without_ornament(text: str) -> str:
    letters: list[str] = []
    for sign in unicodedata.normalize("NFKD", text):
        ornament = unicodedata.combining(sign) and letters and _takes_ornament(letters[-1])
        if not ornament:
            letters.append(sign)
    return unicodedata.normalize("NFKC", "".join(letters))


def _takes_ornament(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(MARKS_ARE_ORNAMENT)
