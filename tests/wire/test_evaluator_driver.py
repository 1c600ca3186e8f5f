"""The pad's driver against the simulated pad on its paced serial line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.base.driver import StatusReport
from drivers.base.errors import Cancelled, Refused, Timeout, Unsupported
from drivers.base.status import DeviceState
from drivers.evaluator.api import Declined, EndRating, Rated, ShowIdle, StartRating
from tests.support.pad_rig import PadRig, pad_rig
from tests.support.sim_lines import until

TOKEN, OTHER = "a1b2c3d4", "00000001"


@pytest.fixture
def rig(tmp_path) -> Iterator[PadRig]:
    with pad_rig(tmp_path) as made:
        yield made


def test_interrogation_tells_model_and_firmware(rig: PadRig) -> None:
    status = rig.start()
    assert status.state is DeviceState.ONLINE
    assert dict(status.facts) == {
        "model": "一窗模拟评价器",
        "firmware": "sim-1",
        "profile": "2",
        "extras": "show voice lamp",
    }


def test_the_label_is_shown(rig: PadRig) -> None:
    rig.start()
    rig.driver.execute(ShowIdle("3号综合窗口"))
    assert rig.fact("label") == "3号综合窗口"


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_a_key_becomes_one_event_and_is_acknowledged(rig: PadRig, level: int) -> None:
    rig.start()
    rig.driver.execute(StartRating(TOKEN, 60))
    assert rig.fact("page") == "rating"
    rig.do("press", level=level)
    event = rig.event(Rated)
    assert (event.token, event.level) == (TOKEN, level)
    rig.save()
    until(lambda: rig.fact("page") == "thanking")
    assert rig.nothing_more()


def test_declining_is_an_event_of_its_own(rig: PadRig) -> None:
    rig.start()
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.do("press_decline")
    assert rig.event(Declined).token == TOKEN


def test_ending_thanks_or_goes_idle(rig: PadRig) -> None:
    rig.start()
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.driver.execute(EndRating(TOKEN, thank=True))
    assert rig.fact("page") == "thanking"
    rig.driver.execute(StartRating(OTHER, 60))
    rig.driver.execute(EndRating(OTHER, thank=False))
    assert rig.fact("page") == "idle"


def test_an_invitation_that_is_over_is_not_begun_again(rig: PadRig) -> None:
    rig.start()
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.driver.execute(EndRating(TOKEN, thank=False))
    with pytest.raises(Refused) as refused:
        rig.driver.execute(StartRating(TOKEN, 60))
    assert refused.value.code == "evaluator.invitation_over"
    assert rig.fact("page") == "idle"


def test_the_running_invitation_may_be_asked_for_again(rig: PadRig) -> None:
    rig.start()
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.driver.execute(StartRating(TOKEN, 50))
    assert rig.fact("ratings_started") == 1


def test_an_invitation_that_nobody_knows_makes_room(rig: PadRig) -> None:
    rig.start()
    rig.driver.execute(StartRating(OTHER, 60))
    after_a_crash = rig.another_driver()
    rig.driver.close()
    rig.driver = after_a_crash
    rig.start()
    assert rig.fact("page") == "rating", "the case of before the crash may be taken up again"
    rig.driver.execute(StartRating(TOKEN, 60))
    assert rig.fact("token") == TOKEN


def test_a_new_rating_replaces_the_running_one(rig: PadRig) -> None:
    rig.start()
    rig.driver.execute(StartRating(OTHER, 60))
    rig.driver.execute(StartRating(TOKEN, 60))
    assert rig.fact("token") == TOKEN
    rig.do("press", level=2)
    assert rig.event(Rated).token == TOKEN


def test_a_label_given_during_a_rating_is_shown_after_it(rig: PadRig) -> None:
    rig.start()
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.driver.execute(ShowIdle("午休"))
    assert rig.fact("page") == "rating"
    rig.driver.execute(EndRating(TOKEN, thank=False))
    rig.clock.ahead_s += 2.0
    rig.run_until(lambda: rig.fact("label") == "午休")


@pytest.mark.parametrize(
    "command", [StartRating("xyz", 60), StartRating("a1b2c3", 60), StartRating(TOKEN, 0), object()]
)
def test_nonsense_is_unsupported_and_never_sent(rig: PadRig, command: object) -> None:
    rig.start()
    sent = len(rig.tap.sent)
    with pytest.raises(Unsupported):
        rig.driver.execute(command)
    assert len(rig.tap.sent) == sent


def test_a_lost_reply_is_asked_for_again_with_the_same_number(rig: PadRig) -> None:
    rig.start()
    sent = len(rig.tap.sent)
    rig.do("corrupt_next_reply")
    rig.driver.execute(StartRating(TOKEN, 60))
    first, second = rig.tap.sent[sent : sent + 2]
    assert first == second
    assert rig.fact("ratings_started") == 1


def test_replies_in_single_bytes_behind_noise_are_read(rig: PadRig) -> None:
    rig.do("split_replies", chunk_bytes=1, gap_ms=1)
    rig.do("noise_before_next_reply", bytes_count=9)
    assert rig.start().state is DeviceState.ONLINE
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.do("press", level=5)
    assert rig.event(Rated).level == 5


def test_a_silent_pad_is_asked_three_times_then_the_command_fails(rig: PadRig) -> None:
    rig.start()
    rig.do("silence")
    sent = len(rig.tap.sent)
    with pytest.raises(Timeout):
        rig.driver.execute(ShowIdle("1"))
    assert len(set(rig.tap.sent[sent:])) == 1
    assert len(rig.tap.sent[sent:]) == 3


def test_a_silent_pad_is_offline_at_interrogation_and_found_by_itself(rig: PadRig) -> None:
    rig.do("silence")
    status = rig.start()
    assert status.state is DeviceState.OFFLINE
    assert status.fault is not None
    assert status.fault.code == "evaluator.silent"
    rig.do("silence", on=False)
    report = rig.event(StatusReport)
    assert report.status.state is DeviceState.ONLINE
    assert report.status.facts


def test_three_missed_heartbeats_are_offline_and_the_next_answer_is_online(rig: PadRig) -> None:
    rig.start()
    rig.driver.execute(ShowIdle("3号"))
    rig.do("silence")
    for _ in range(3):
        rig.clock.ahead_s += 2.0
        assert rig.driver.on_timer() == []
    rig.clock.ahead_s += 2.0
    (report,) = rig.driver.on_timer()
    assert report.status.state is DeviceState.OFFLINE
    rig.clock.ahead_s += 2.0
    assert rig.driver.on_timer() == [], "said once"
    rig.do("silence", on=False)
    rig.clock.ahead_s += 2.0
    assert rig.event(StatusReport).status.state is DeviceState.ONLINE


def test_one_missed_heartbeat_is_nothing(rig: PadRig) -> None:
    rig.start()
    for _ in range(8):
        rig.do("corrupt_next_reply")
        rig.clock.ahead_s += 2.0
        rig.run_until(lambda: rig.heard_pongs() > 0)
        rig.tap.heard.clear()
        rig.clock.ahead_s += 2.0
        rig.run_until(lambda: rig.heard_pongs() > 0)
        rig.tap.heard.clear()
    assert not rig.events_of(StatusReport)


def test_a_stop_ends_the_waiting(rig: PadRig) -> None:
    rig.start()
    rig.do("silence")
    rig.cancel.set()
    with pytest.raises(Cancelled):
        rig.driver.execute(ShowIdle("1"))
