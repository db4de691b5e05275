"""A cache with a bound in bytes: what was used longest ago makes room."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """Keeps values as long as all of them together weigh no more than `bytes_max`.

    A value that alone weighs more is not kept. Not for several threads.
    """

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def bytes_kept(self) -> int:
        """What the kept values weigh together."""
        return self._bytes

    def items(self) -> Iterator[tuple[Key, Value]]:
        """What is kept, what was used longest ago first."""
        return ((key, value) for key, (value, _) in self._kept.items())

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._bytes = 0

    def get(self, key: Key) -> Value | None:
        """The value kept under a key, None when there is none; it counts as used now."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: Key, value: Value, weight_bytes: int) -> None:
        """Keep a value in place of the one before, and let go of others until all fit."""
        self.drop(key)
        if weight_bytes > self._bytes_max:
            return
        self._kept[key] = (value, weight_bytes)
        self._bytes += weight_bytes
        while self._bytes > self._bytes_max:
            _, (_, weight) = self._kept.popitem(last=False)
            self._bytes -= weight

    def drop(self, key: Key) -> None:
        """Forget a key; nothing happens when it is not kept."""
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self._bytes -= dropped[1]
