"""What `make fuzz` once found stays mended; and every target takes its own seeds, whole, cut and spoiled."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.targets import FINDINGS, TARGETS

FOUND = sorted(FINDINGS.glob("*/*.bin"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_finding_stays_mended(path: pytest.FixtureRequest) -> None:
    TARGETS[path.parent.name].try_one(path.read_bytes())  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_its_seeds_and_what_is_near_them(name: str) -> None:
    target, chance = TARGETS[name], random.Random(name)
    seeds = target.seeds()
    assert seeds
    for seed in [b"", *seeds]:
        target.try_one(seed)
        for _ in range(8):
            at = chance.randrange(len(seed) + 1)
            target.try_one(seed[:at])
            target.try_one(seed[:at] + chance.randbytes(3) + seed[at:])


def test_every_finding_belongs_to_a_target() -> None:
    assert {path.parent.name for path in FOUND} <= set(TARGETS)
