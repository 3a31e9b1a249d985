"""Random set-ups and readings: bare counts, counts with their period, and days."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rules.oracle.random_cases import Case, Dice

COUNTS = [0, 1, 2, 3, 9, 15, 16, 17, 18, 30]
MONTH = timedelta(days=30)


def add_devices(dice: "Dice", case: "Case") -> None:
    """Nothing, a bare count, periods with counts or days, or a stream of days since a set-up."""
    kind = dice.randrange(8)
    if kind == 0:
        return
    if kind in (1, 2):
        case["readings"] = [{"days": dice.choice(COUNTS)} for _ in range(dice.choice([1, 1, 1, 2]))]
        return
    ends = dice.day()
    first = ends - MONTH * dice.choice([1, 1, 2]) + timedelta(days=1)
    if kind in (3, 4, 5):
        case["readings"] = periods(dice, first)
        if dice.once_in(4):
            case["readings"].append({"days": dice.choice(COUNTS)})
        if dice.once_in(4):
            add_another(dice, case)
        if not dice.once_in(3):
            case["device"] = [{"set_up": first - timedelta(days=dice.choice([0, 0, 1, 30, 59, 60, 61]))}]
    else:
        case["readings"] = [{"dates": stream(dice, first)}]
        if dice.once_in(4):  # the first days of a period without a reading
            case["readings"][0]["dates"] = case["readings"][0]["dates"][dice.randint(1, 20) :] or [first]
        if not dice.once_in(3):
            case["device"] = [{"set_up": first - timedelta(days=dice.choice([0, 0, 5, 29, 30, 45, 75, 300]))}]
    if "device" in case and dice.once_in(8):
        case["device"].append({"set_up": first + timedelta(days=dice.choice([1, 29, 30, 31, 60, 67]))})


def add_another(dice: "Dice", case: "Case") -> None:
    """A period of another device; which of two that begin on one day stands is open, so that there are none."""
    other = periods(dice, dice.day())[0]
    if other["from"] not in [row["from"] for row in case["readings"] if "from" in row]:
        case["readings"].append(other)


def periods(dice: "Dice", first: date) -> list[dict[str, Any]]:
    """Periods one after the other; now and then one begins a day too early, or after a pause."""
    rows = []
    at = first
    for _ in range(dice.choice([1, 2, 3])):
        days = dice.choice(COUNTS)
        rows.append({"from": at, "days": days})
        at += MONTH + timedelta(days=dice.choice([0, 0, 0, 1, -1, 4, -15]))
    return rows


def some_days(dice: "Dice", first: date, count: int) -> list[date]:
    """So many days of the period that begins on a day, the first of them among them."""
    others = dice.sample(range(1, 30), max(count - 1, 0))
    return [first + timedelta(days=number) for number in sorted([0, *others])][: max(count, 1)]


def stream(dice: "Dice", first: date) -> list[date]:
    """The days of several periods on end; now and then a period long nothing."""
    days: list[date] = []
    at = first
    for _ in range(dice.choice([1, 2, 3])):
        days += some_days(dice, at, dice.choice(COUNTS))
        at += MONTH
        if dice.once_in(6):
            at += MONTH + timedelta(days=dice.choice([0, 7]))
    return days
