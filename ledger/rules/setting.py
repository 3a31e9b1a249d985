"""What a setting says of itself: one annotation beside its type and its default, which every reader quotes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, get_type_hints


class SettingGroup(StrEnum):
    """Under which heading a setting stands."""

    BILLING = "Billing rules"
    LISTS = "Worklist and digest"
    MONTH = "Messages of the month"
    TIMERS = "Timers"
    PRIVACY = "Exports and privacy"
    PAYMENTS = "Payments"


@dataclass(frozen=True, slots=True)
class About:
    """A setting in the words of whoever runs a clinic.

    Its group and title, what it changes, what each value means where there are few, the unit of a number, and how any
    other value, as it is written in JSON, is said.
    """

    group: SettingGroup
    title: str
    changes: str
    choices: Mapping[Any, str] = field(default_factory=dict, hash=False)
    unit: str = ""
    say: Callable[[Any], str] = str

    def said(self, value: Any) -> str:
        """Return a value of the setting, as it is written, in words."""
        if self.choices:
            return self.choices[value]
        if self.unit:
            return f"{value} {self.unit}{'' if value == 1 else 's'}"
        return self.say(value)


def settings_of(table: type[Any]) -> dict[str, About]:
    """Return what each field of a table of settings says of itself, by name."""
    hints = get_type_hints(table, include_extras=True)
    return {
        one.name: next(part for part in hints[one.name].__metadata__ if isinstance(part, About))
        for one in fields(table)
    }


def hour_words(hour: int) -> str:
    """Return an hour of the day, 0 to 23, as people say it: ``9:00 am``."""
    return f"{hour % 12 or 12}:00 {'am' if hour < 12 else 'pm'}"  # noqa: PLR2004 - noon
