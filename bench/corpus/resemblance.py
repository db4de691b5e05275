"""Which archives are nearly the same: one campaign of a thousand skeletons counts once.

Shingles of five tokens become a minhash, and an archive joins the cluster whose leader resembles it most, if it does so
enough (estimated Jaccard >= 0.75); otherwise it leads one of its own.
"""

from typing import Any, Final

from datasketch import MinHash

from bench.corpus.texts import tokens

ALIKE_MIN: Final = 0.75
PERMUTATIONS: Final = 128
SHINGLE_TOKENS: Final = 5
SHINGLES_MAX: Final = 200_000
_BATCH: Final = 20_000


def minhash(files: list[tuple[str, str]], name: str, version: str) -> Any:  # noqa: ANN401 - datasketch has no types
    """The minhash of an archive's shingles. No shingle crosses files; a short file is one shingle."""
    shingles: set[bytes] = set()
    for _, text in files:
        words = list(tokens(text, name, version))
        for start in range(max(1, len(words) - SHINGLE_TOKENS + 1)):
            shingles.add(" ".join(words[start : start + SHINGLE_TOKENS]).encode("utf-8", "replace"))
        if len(shingles) > SHINGLES_MAX:
            break
    ordered = sorted(shingles)[:SHINGLES_MAX]
    sketch = MinHash(num_perm=PERMUTATIONS, seed=1)
    for start in range(0, len(ordered), _BATCH):
        sketch.update_batch(ordered[start : start + _BATCH])
    return sketch


class Clusters:
    """Leaders in the order in which they came, each the first of its cluster."""

    def __init__(self) -> None:
        self._leaders: list[Any] = []

    def place(self, sketch: Any) -> tuple[int, bool]:  # noqa: ANN401 - datasketch has no types
        """The number of the cluster that a minhash belongs to, and whether it leads that cluster."""
        alike = [float(leader.jaccard(sketch)) for leader in self._leaders]
        best = max(range(len(alike)), key=alike.__getitem__, default=0)
        if alike and alike[best] >= ALIKE_MIN:
            return best, False
        self._leaders.append(sketch)
        return len(self._leaders) - 1, True
