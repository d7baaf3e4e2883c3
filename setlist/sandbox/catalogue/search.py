"""Finding acts by words of their names. The index needs names only, and is built at the first search."""

import re
import unicodedata
from collections import defaultdict
from threading import Lock

from setlist.sandbox.catalogue.draw import share
from setlist.sandbox.catalogue.names import name_of

_WORD = re.compile(r"\w+")
_LETTERS_ARE_WORDS = "぀"  # from here on (kana, kanji, hangul) text has few blanks


class NameIndex:
    def __init__(self, seed: int, artists: int) -> None:
        self._seed = seed
        self._artists = artists
        self._lock = Lock()
        self._acts_of: dict[str, list[int]] | None = None

    def find(self, text: str) -> list[tuple[int, int]]:
        """Acts and scores, best first. As with the real searches the best is not always the one meant."""
        wanted = words_of(text)
        if not wanted:
            return []
        hits: dict[int, int] = defaultdict(int)
        for word in wanted:
            for act in self._index().get(word, ()):
                hits[act] += 1
        scored = [(act, self._score(act, wanted, found)) for act, found in hits.items()]
        return sorted(scored, key=lambda pair: (-pair[1], share(self._seed, "rank", pair[0])))

    def _score(self, act: int, wanted: set[str], found: int) -> int:
        """Of namesakes the better known one often scores a little lower: it has more aliases."""
        name = name_of(self._seed, act)
        exact = wanted in (words_of(name.text), words_of(name.latin))
        if exact:
            return 100 if act % 2 else 92 + act % 7
        return max(12, int(88 * found / len(wanted | words_of(name.text))))

    def _index(self) -> dict[str, list[int]]:
        with self._lock:
            if self._acts_of is None:
                self._acts_of = self._built()
            return self._acts_of

    def _built(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = defaultdict(list)
        for act in range(self._artists):
            name = name_of(self._seed, act)
            for word in words_of(name.text) | words_of(name.latin):
                index[word].append(act)
        return index


def words_of(text: str) -> set[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    plain = unicodedata.normalize("NFC", plain)
    words: set[str] = set()
    for word in _WORD.findall(plain):
        if word[0] >= _LETTERS_ARE_WORDS:
            words.update(word)
        else:
            words.add(word)
    return words - {"the"} or words
