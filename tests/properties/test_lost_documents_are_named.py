"""Whatever is harmed after the decision: what is sealed is all there was, or names what is not, on somebody's word."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from terminal.cases.model import Step
from tests.support import case_bench as b
from tests.support.case_bench import Bench
from tests.support.sealed_case import gap, manifest

WHOLE = {"application.json", "id_card.pdf", "photo.pdf", "signature.png", "signature.json", "notice.pdf"}
HARMS = {
    "gone": lambda file: file.unlink(),
    "empty": lambda file: file.write_bytes(b""),
    "altered": lambda file: file.write_bytes(bytes(byte ^ 1 for byte in file.read_bytes())),
    "swapped": lambda file: file.write_bytes(b"\0" * 64),
}


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A terminal whose case stands at its rating."""
    folder = tmp_path_factory.mktemp("decided") / "terminal"
    folder.mkdir()
    Bench(folder).to(Step.REVIEW).close()
    return folder


@settings(max_examples=60)
@given(st.data())
def test_nothing_is_missing_without_being_named(decided: Path, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "terminal"
        shutil.copytree(decided, folder)
        bench = Bench(folder).seat()
        files = sorted((folder / "blobs").iterdir())
        harms = data.draw(st.dictionaries(st.sampled_from(files), st.sampled_from(sorted(HARMS))))
        for file, harm in harms.items():
            HARMS[harm](file)
        for _ in range(data.draw(st.integers(0, 2))):
            bench = bench.again().seat()
        b.rate(bench)
        missing = {lost.name for lost in bench.seen.lost}
        assert bool(missing) is (bench.case.step is Step.SEAL)
        if missing:
            assert bench.rows("SELECT count(*) FROM item WHERE kind = 'case'") == [(0,)], "sealed without a word"
            bench.do(gap())
        assert bench.case.step is Step.SEALED
        sealed = manifest(bench)
        named = {entry["name"] for entry in sealed.get("gaps", ())}
        there = {entry["name"] for entry in sealed["documents"]}
        assert named == missing
        assert there | named == WHOLE
        assert not there & named
        documents = bench.documents()
        assert set(documents) == there, "and can be read back"
        assert json.loads(documents["application.json"].data)["applicant"]["name"] == b.NAME
        bench.close()
