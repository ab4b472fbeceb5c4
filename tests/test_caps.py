"""Readers behind one company address are all counted; a program that votes is not, then is told."""

import datetime as dt
import random

import pytest

from faq_cms import caps
from faq_cms.caps import Caps
from faq_cms.errors import TooMany

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
OFFICE = "203.0.113.7"


class Clock:
    """The time the limiter reads, moved by the test."""

    def __init__(self) -> None:
        self.time = NOW.timestamp()

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("time.time", clock)
    return clock


def vote(counts: Caps, *, network: str = OFFICE, article_id: int = 1) -> bool:
    return counts.is_out_of_pace(network=network, article_id=article_id, now=NOW)


@pytest.mark.parametrize("seed", range(20))
def test_two_hundred_readers_of_one_office_in_an_hour_are_all_counted(
    clock: Clock, seed: int
) -> None:
    counts = Caps()
    start, chance = clock.time, random.Random(seed)  # noqa: S311 — arrivals, not secrets
    for moment in sorted(chance.uniform(0, 3600) for _ in range(200)):
        clock.time = start + moment
        counts.admit(visitor=f"reader {moment}", network=OFFICE, now=NOW)
        assert not vote(counts)


def test_a_burst_is_set_aside_and_a_calm_minute_forgives(clock: Clock) -> None:
    counts = Caps()
    assert [vote(counts) for _ in range(25)] == [False] * 20 + [True] * 5
    clock.time += 61
    assert not vote(counts)


def test_a_steady_program_is_set_aside_within_the_hour(clock: Clock) -> None:
    counts = Caps()
    aside = 0
    for _ in range(900):
        clock.time += 4
        aside += vote(counts)
    assert 900 - aside <= 250


def test_far_above_it_is_told_when_to_come_back_and_that_is_true(clock: Clock) -> None:
    counts = Caps()
    for _ in range(1000):
        vote(counts)
        clock.time += 1
    with pytest.raises(TooMany) as refused:
        vote(counts)
    assert 0 < refused.value.retry_after <= 3601
    clock.time += refused.value.retry_after
    vote(counts)


def test_another_article_and_another_network_are_counted_apart(clock: Clock) -> None:
    counts = Caps()
    for _ in range(21):
        vote(counts)
    assert vote(counts)
    assert not vote(counts, article_id=2)
    assert not vote(counts, network="198.51.100.1")
    assert vote(counts, network="203.0.113.250"), "the same /24"


def test_one_visitor_is_stopped_whatever_their_network(clock: Clock) -> None:
    counts = Caps()
    for number in range(20):
        counts.admit(visitor="me", network=f"10.0.{number}.1", now=NOW)
    with pytest.raises(TooMany) as refused:
        counts.admit(visitor="me", network="10.1.0.1", now=NOW)
    assert refused.value.scope == "visitor"
    counts.admit(visitor="you", network="10.1.0.1", now=NOW)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("testclient", ""),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_an_address_is_counted_under_its_network(address: str, network: str) -> None:
    assert caps.prefix(address) == network


def test_who_is_not_seen_any_more_is_forgotten(clock: Clock) -> None:
    counts = Caps()
    for number in range(50):
        counts.admit(visitor=f"reader {number}", network=OFFICE, now=NOW)
    clock.time += 3700
    counts.admit(visitor="somebody", network=None, now=NOW)
    assert len(counts._counted) == 1


def test_keys_hold_no_address_and_change_every_day_and_process() -> None:
    counts, other = Caps(), Caps()
    today = counts._digest(OFFICE, NOW)
    assert OFFICE not in today
    assert today == counts._digest(OFFICE, NOW + dt.timedelta(hours=1))
    assert today != counts._digest(OFFICE, NOW + dt.timedelta(days=1))
    assert today != other._digest(OFFICE, NOW)


def test_an_office_writes_remarks_and_a_machine_is_told_to_wait(clock: Clock) -> None:
    limits = Caps()
    for _ in range(caps.REMARKS.most):
        limits.admit_remark(network=OFFICE, now=NOW)
    with pytest.raises(TooMany):
        limits.admit_remark(network="203.0.113.200", now=NOW)


def test_rotating_through_one_s_own_ipv6_networks_is_still_one_place(clock: Clock) -> None:
    limits = Caps()
    aside = [
        limits.is_out_of_pace(network=f"2001:db8:1:{n:x}::1", article_id=1, now=NOW)
        for n in range(60)
    ]
    assert sum(aside) == 40
