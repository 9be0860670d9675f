"""Which weights are followed at every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

PER_LAYER = 16
ALWAYS = (*range(9), 100, 101, 102)


def default_indices(weights: int) -> list[int]:
    """Flat indices into a layer of so many weights: 0-8 and 100-102 where they exist, then evenly
    spread ones to 16, in ascending order."""
    chosen = {index for index in ALWAYS if index < weights}
    missing = min(PER_LAYER, weights) - len(chosen)
    for i in range(1, missing + 1):
        index = i * weights // (missing + 1)
        while index in chosen:
            index = (index + 1) % weights
        chosen.add(index)
    return sorted(chosen)


def choose_tracked(
    sizes: Mapping[str, int], named: Mapping[str, Sequence[int]] | None = None
) -> dict[str, list[int]]:
    """Of every layer (name: number of weights) the default indices and the named ones.

    @raises ValueError if a named layer or index does not exist
    """
    chosen = {name: set(default_indices(weights)) for name, weights in sizes.items()}
    for name, indices in (named or {}).items():
        if name not in chosen:
            raise ValueError(f"tracked: there is no layer '{name}' with weights; there are {', '.join(sizes)}")
        for index in indices:
            if not 0 <= int(index) < sizes[name]:
                raise ValueError(
                    f"tracked: {index} is no weight of layer '{name}', whose weights are 0 to {sizes[name] - 1}"
                )
            chosen[name].add(int(index))
    return {name: sorted(indices) for name, indices in chosen.items()}
