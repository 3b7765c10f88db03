"""When the phone's battery makes a job wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketlens.onboard.battery import Battery, Reason, parse_battery, reasons_to_wait

ANDROID = """Current Battery Service state:
  AC powered: false
  USB powered: true
  status: 2
  level: 83
  scale: 100
  voltage: 4123
  temperature: 291
  technology: Li-ion
"""


def test_charge_and_temperature_are_read_from_what_android_says() -> None:
    assert parse_battery(ANDROID) == Battery(percent=83, celsius=29.1)


def test_the_first_of_several_sections_counts() -> None:
    assert parse_battery(ANDROID + "Vendor state:\n  level: 1\n  temperature: 900\n") == Battery(83, 29.1)


@pytest.mark.parametrize(
    "said", ["", "Can't find service: battery", "  level: full\n  scale: 0\n", "  level: 5\n  scale: 0\n"]
)
def test_a_phone_that_does_not_tell_is_taken_to_be_fine(said: str) -> None:
    assert reasons_to_wait(parse_battery(said), frozenset()) == frozenset()


@given(st.text())
def test_whatever_is_said_is_borne(said: str) -> None:
    parse_battery(said)


@pytest.mark.parametrize(
    ("percent", "celsius", "before", "after"),
    [
        (83, 29, (), ()),
        (83, 43, (), ("hot",)),
        (83, 42, (), ()),
        (83, 41, ("hot",), ("hot",)),
        (83, 39, ("hot",), ()),
        (19, 29, (), ("low-battery",)),
        (22, 29, (), ()),
        (22, 29, ("low-battery",), ("low-battery",)),
        (25, 29, ("low-battery",), ()),
        (10, 50, (), ("hot", "low-battery")),
    ],
)
def test_a_job_waits_from_one_mark_and_goes_on_at_another(
    percent: float, celsius: float, before: tuple[Reason, ...], after: tuple[Reason, ...]
) -> None:
    assert reasons_to_wait(Battery(percent, celsius), frozenset(before)) == frozenset(after)
