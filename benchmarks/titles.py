"""Whether two titles name one song: precision and recall on the labelled pairs.

    python -m benchmarks.titles [FILE]

FILE has a pair a line, tab-separated: title, title, same or different, which set, what about. The rules
were made with the set "tuned" in view. Those of "checked" were written afterwards; at first sight of them
recall was 0.84 (the oddest) and 0.95, and the rules were mended once. Those of "later" were written
without the rules in view, the odder the better: at first sight recall 0.69, precision 0.93. Those of
"last" were written once that was mended: 0.95 and 0.95, and mended once more. What is judged wrongly is
printed.
"""

import sys
from collections import defaultdict
from pathlib import Path

from setlist.domain.titles import same_song

PAIRS = Path(__file__).parent.parent / "tests/domain/title_pairs.tsv"


def judged(path: Path) -> dict[str, dict[str, list[str]]]:
    """By set: pairs rightly joined, wrongly joined, wrongly kept apart and rightly so."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in path.read_text().splitlines():
        one, other, wanted, part, about = line.split("\t")
        is_joined, is_one = same_song(one, other), wanted == "same"
        outcome = ("apart", "missed", "wrong", "joined")[2 * is_joined + is_one]
        for name in (part, "all"):
            found[name][outcome].append(f"{one} | {other} ({about})")
    return found


def precision_and_recall(outcomes: dict[str, list[str]]) -> tuple[float, float]:
    joined, wrong, missed = (len(outcomes[name]) for name in ("joined", "wrong", "missed"))
    return joined / (joined + wrong), joined / (joined + missed)


def main(path: str = str(PAIRS)) -> None:
    found = judged(Path(path))
    for outcome in ("wrong", "missed"):
        for pair in found["all"][outcome]:
            print(f"{outcome}: {pair}")
    for part, outcomes in sorted(found.items()):
        precision, recall = precision_and_recall(outcomes)
        pairs = sum(len(of) for of in outcomes.values())
        print(
            f"{part:<8} {pairs:>4} pairs: precision {precision:.3f}, recall {recall:.3f}   (bars 0.99, 0.97)"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
