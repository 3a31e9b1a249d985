"""Random patient-months that live near the edges of the rules; the same number is always the same case."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from rules.oracle.facts import Case, month_end
from rules.oracle.figures import PLAN_ELEMENTS, SAID
from rules.oracle.random_devices import add_devices
from rules.oracle.random_entries import add_entries

LONG_AGO = date(2024, 6, 1)
POLICIES: dict[str, list[Any]] = {
    "count_outreach_attempts": [True],
    "rpm_time": ["interactive"],
    "practitioner_minutes": ["any_practitioner"],
    "complex_needs_plan_revision": [False],
    "honor_complexity_designation": [False],
    "claim_date": ["month_end"],
    "consent_per_practitioner": [False],
    "care_plan_max_days": [90, 180, 30],
    "initiating_visit": [False],
    "care_plan_elements": ["block"],
    "care_plan_copy": ["block"],
    "consent_content": ["block"],
    "qualifying_credentials": [["MD", "DO", "NP", "RN"], ["MD", "DO", "CNS", "PA", "LPN", "LCSW"]],
}
PROGRAMS = ["CCM", "CCM", "CCM", "CCM", "RPM", "RPM", "CCM RPM", "PCM", "PCM", "PCM RPM", "CCM PCM"]


class Dice(Random):
    """Random choices that know the month they are made for."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.first = date(self.choice([2025, 2026]), self.randint(1, 12), 1)
        self.last = month_end(self.first)
        self.calm = self.random() < 0.6  # most months have one oddity or two, or every program is blocked

    def once_in(self, times: int) -> bool:
        return self.randrange(4 * times if self.calm else times) == 0

    def kind(self, kinds: int) -> int:
        """One of so many kinds; in a calm month mostly the last."""
        return kinds - 1 if self.calm and self.random() < 0.7 else self.randrange(kinds)

    def day(self) -> date:
        """A day of the month, or just beside it, often at its edges."""
        edges = [self.first, self.first + timedelta(days=1), self.last - timedelta(days=1), self.last]
        beside = [self.first - timedelta(days=1), self.last + timedelta(days=1)]
        middle = [self.first + timedelta(days=self.randrange(6, 22)) for _ in range(6)]
        return self.choice(edges + beside + middle)


def random_case(number: int) -> Case:
    """A patient-month, with days and times as text."""
    dice = Dice(number)
    programs = dice.choice(PROGRAMS).split()
    case: Case = {"month": dice.first.isoformat()[:7], "patient": patient(dice)}
    if dice.once_in(10):
        case["timezone"] = dice.choice(["America/Los_Angeles", "Pacific/Honolulu"])
    add_policy(dice, case)
    case["staff"] = staff(dice)
    add_designations(dice, case)
    case["enrollment"] = [row for program in programs for row in enrollments(dice, program)]
    case["consent"] = [row for program in programs for row in consents(dice, program)]
    case["initiating_visit"] = visits(dice, case)
    case["care_plan"] = care_plans(dice)
    if dice.once_in(4):
        case["stay"] = stays(dice)
    if "CCM" in programs and dice.random() < 0.4:
        case["complexity"] = complexity(dice)
        if dice.random() < 0.6 and case["care_plan"]:
            case["care_plan"][-1] |= {"date": dice.day(), "substantial": True}
            case["care_plan"] = list({row["date"]: row for row in case["care_plan"]}.values())
    if "RPM" in programs:
        add_devices(dice, case)
    add_entries(dice, case, programs)
    return texts(case)


def texts(value: Any) -> Any:
    """The same with ISO text for days and times."""
    if isinstance(value, dict):
        return {name: texts(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [texts(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def patient(dice: Dice) -> dict[str, Any]:
    found: dict[str, Any] = {"conditions": ["E11.9", "I10"]}
    if dice.once_in(8):
        found["conditions"] = dice.choice([[], ["I10"], ["I10", "i10"], ["E11.9", "e119"], ["E11.9", "E11.65"]])
    if dice.once_in(25):
        found["risk_documented"] = False
    if dice.once_in(25):
        found["billed_elsewhere"] = [dice.choice(["CCM", "PCM", "RPM"])]
    if dice.once_in(25):
        found["other_services"] = dice.sample(["G0181", "G0182", "90951", "90960", "90970"], dice.randint(1, 2))
    if dice.once_in(30):
        found["apcm"] = True
    return found


def add_policy(dice: Dice, case: Case) -> None:
    if dice.once_in(3):
        names = dice.sample(sorted(POLICIES), dice.randint(1, 3))
        case["policy"] = {name: dice.choice(POLICIES[name]) for name in names}


def staff(dice: Dice) -> list[dict[str, Any]]:
    """Two practitioners, three of the staff, and somebody at the desk; now and then one of them changes."""
    cast = {
        "lee": ["MD", "M.D.", "DO"],
        "npat": ["NP", "FNP-C", "PA-C", "CNS"],
        "ann": ["RN", "r.n.", "RN, BSN"],
        "bob": ["LPN", "LVN", "PharmD"],
        "cy": ["MA", "CMA", "RMA", "LCSW", "RDN"],
        "dot": ["front desk", "none"],
    }
    rows: list[dict[str, Any]] = []
    changes = dice.choice([*cast, "", "", "", ""])
    for name, credentials in cast.items():
        row: dict[str, Any] = {"id": name, "credential": dice.choice(credentials)}
        if dice.once_in(12):
            row["employed"] = False
        rows += changed(dice, row) if name == changes else [row]
    return rows


def changed(dice: Dice, row: dict[str, Any]) -> list[dict[str, Any]]:
    """One person in several rows: licensed or unsupervised from a day on, gone, or away for a while."""
    on = dice.day()
    before = {**row, "active_to": on - timedelta(days=1)}
    after = {**row, "active_from": on}
    kind = dice.randrange(6)
    if kind == 0:
        return [{**before, "credential": "front desk"}, after]
    if kind == 1 and row["id"] not in ("lee", "npat"):
        return [before, {**after, "supervised": False}]
    if kind == 2:
        return [before]
    if kind == 3:
        return [after]
    if kind == 4 and row["id"] in ("ann", "bob", "cy"):
        return [before, {**after, "credential": "NP"}]
    return [before, {**after, "active_from": on + timedelta(days=dice.choice([0, 1, 5]))}]


def add_designations(dice: Dice, case: Case) -> None:
    kind = 19 - dice.kind(20)
    on = dice.day()
    before, after = {"staff": "lee", "to": on - timedelta(days=1)}, {"staff": "npat", "from": on}
    if kind < 11:
        case["patient"]["billing_practitioner"] = "npat" if kind == 1 else "lee"
    elif kind < 15:
        gap = timedelta(days=dice.choice([0, 0, 0, 1, 6]))
        case["designation"] = [{**before, "from": LONG_AGO}, {**after, "from": on + gap}]
        if dice.once_in(3):
            case["designation"].reverse()
    elif kind == 15:
        case["designation"] = [{**before, "from": LONG_AGO}]
    elif kind == 16:
        case["designation"] = [after]
    elif kind == 17:
        case["patient"]["billing_practitioner"] = dice.choice(["ghost", "ann", "lee", "lee"])
    elif kind == 18:
        case["designation"] = [{**before, "from": LONG_AGO}, after, {"staff": "lee", "from": on + timedelta(days=3)}]
        case["designation"][1] = {**after, "to": on + timedelta(days=2)}
    # and now and then nobody at all


def enrollments(dice: Dice, program: str) -> list[dict[str, Any]]:
    row: dict[str, Any] = {"program": program, "from": LONG_AGO}
    kind = dice.kind(12)
    if kind == 0:
        row["from"] = dice.day()
    elif kind == 1:
        row["to"] = dice.day()
    elif kind == 2:
        on = dice.day()
        again = {"program": program, "from": on + timedelta(days=dice.choice([1, 2, 5]))}
        return [{**row, "to": on}, again]
    return [row]


def consents(dice: Dice, program: str) -> list[dict[str, Any]]:
    if dice.once_in(20):
        return []
    row: dict[str, Any] = {"program": program, "date": LONG_AGO, "form": dice.choice(["verbal", "written"])}
    if dice.once_in(6):
        row["date"] = dice.day()
    if dice.once_in(6):
        row["practitioner"] = dice.choice(["lee", "lee", "npat"])
    if dice.once_in(8):
        row["revoked"] = max(row["date"], dice.choice([dice.day(), dice.first - timedelta(days=20)]))
    rows = [row]
    if dice.once_in(5):
        rows.append({**rows[0], "date": dice.day(), "practitioner": dice.choice(["lee", "npat"])})
        rows[1].pop("revoked", None)
    for found in rows:
        if not dice.once_in(3):
            found["by"] = "ann"
            found["said"] = sorted(SAID)
        if dice.once_in(8):
            found["said"] = dice.sample(sorted(SAID), dice.randint(1, 3))
        if dice.once_in(12):
            found.pop("by", None)
    return rows


def visits(dice: Dice, case: Case) -> list[dict[str, Any]]:
    """One that will do, one at the edge of a year before enrollment or the month's end, or none."""
    kind = dice.kind(12)
    if kind == 0:
        return []
    days = [dice.first - timedelta(days=100)]
    if kind in (1, 2, 3):
        edge = dice.choice([dice.last, min(row["from"] for row in case["enrollment"])])
        days = [edge - timedelta(days=dice.choice([364, 365, 366, 367]))]
    if kind == 4:
        days = [dice.day()]
    return [{"date": on, "type": dice.choice(["AWV", "IPPE", "E/M", "TCM"])} for on in days]


def care_plans(dice: Dice) -> list[dict[str, Any]]:
    if dice.once_in(25):
        return []
    rows: list[dict[str, Any]] = [{"date": dice.first - timedelta(days=dice.choice([20, 80, 200]))}]
    if dice.once_in(6):
        limit = dice.choice([30, 90, 180, 365])
        rows[0]["date"] = dice.last - timedelta(days=limit + dice.choice([-1, 0, 1]))
    if dice.once_in(3):
        rows.append({"date": dice.day(), "substantial": dice.choice([True, True, False])})
    if dice.once_in(8):
        rows = [{"date": dice.day()}]
    for row in rows:
        if not dice.once_in(3):
            row["elements"] = sorted(PLAN_ELEMENTS)
        if dice.once_in(8):
            row["elements"] = dice.sample(sorted(PLAN_ELEMENTS), dice.randint(1, 7))
        if not dice.once_in(3):
            row["copy"] = {"date": row["date"], "to": dice.choice(["patient", "caregiver"]), "how": "mail"}
    if len({row["date"] for row in rows}) < len(rows):
        rows.pop()
    return rows


def stays(dice: Dice) -> list[dict[str, Any]]:
    setting = dice.choice(["inpatient", "inpatient", "snf", "inpatient_rehab", "hospice", "assisted_living", "home"])
    admitted = dice.day() - timedelta(days=dice.choice([0, 0, 2, 30]))
    discharged = admitted + timedelta(days=dice.choice([0, 1, 2, 5, 14]))

    def edge(on: date) -> date:
        return datetime.combine(on, time(dice.randint(8, 14), dice.choice([0, 5, 30]))) if dice.once_in(2) else on

    row: dict[str, Any] = {"setting": setting, "admitted": edge(admitted)}
    if not dice.once_in(6):
        row["discharged"] = edge(discharged)
        if admitted == discharged:
            times = {"admitted": time(9), "discharged": time(11, 5)}
            for name, at in times.items():
                row[name] = dice.choice([admitted, datetime.combine(admitted, at)])
        elif dice.once_in(5):
            return [row, {"setting": "snf", "admitted": edge(discharged + timedelta(days=dice.choice([0, 1])))}]
    return [row]


def complexity(dice: Dice) -> list[dict[str, Any]]:
    return [
        {
            "date": dice.day(),
            "mdm": dice.choice(["moderate", "high"]),
            "by": dice.choice(["lee", "lee", "lee", "npat", "ann"]),
            "rationale": "" if dice.once_in(10) else "new heart failure, four medication changes",
        }
        for _ in range(dice.choice([1, 1, 1, 2]))
    ]
