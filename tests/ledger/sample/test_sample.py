import csv
import itertools
from collections import Counter, defaultdict
from dataclasses import astuple
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.rules.facts import CARE_ACTIVITIES, CONTACT_ACTIVITIES, Activity
from ledger.rules.policy import CLINICAL_STAFF_CREDENTIALS, PRACTITIONER_CREDENTIALS
from ledger.sample import write_sample

TODAY = date(2026, 11, 23)
AWKWARD_DAYS = [
    date(2026, 11, 1),  # a Sunday
    date(2026, 11, 2),
    date(2027, 1, 1),  # a holiday
    date(2027, 1, 2),  # a Saturday
    date(2027, 2, 28),
    date(2028, 2, 29),
    date(2026, 8, 31),
    date(2026, 5, 31),  # a Sunday
    date(2026, 12, 15),
]
Row = dict[str, str]


class Sample:
    """The four files of a sample, read back."""

    def __init__(self, directory: Path, *, patients: int = 60, today: date = TODAY, seed: int = 7) -> None:
        self.paths = write_sample(directory, patients=patients, seed=seed, today=today)
        self.teams, self.staff, self.patients, self.entries = (read(path) for path in astuple(self.paths))
        self.by_code = {patient["code"]: patient for patient in self.patients}
        self.month = today.replace(day=1)

    def clean_ccm_minutes(self, team: str) -> dict[str, int]:
        """Minutes of this month that count toward CCM, of the team's patients whom nothing blocks."""
        minutes: Counter[str] = Counter()
        for entry in self.entries:
            patient = self.by_code[entry["patient"]]
            if patient["team"] == team and is_clean(patient, self.month) and counts(entry, patient):
                minutes[entry["patient"]] += length_of(entry) if day_of(entry) >= self.month else 0
        return minutes


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day_of(entry: Row) -> date:
    return date.fromisoformat(entry["date"] or entry["start"][:10])


def length_of(entry: Row) -> int:
    if entry["minutes"]:
        return int(entry["minutes"])
    return (datetime.fromisoformat(entry["end"]) - datetime.fromisoformat(entry["start"])) // timedelta(minutes=1)


def is_clean(patient: Row, month: date) -> bool:
    return (
        patient["consent_date"] != ""
        and len(patient["conditions"].split(";")) > 1
        and patient["care_plan_date"] > (month - timedelta(days=330)).isoformat()
        and patient["billing_practitioner"] != ""
    )


def counts(entry: Row, patient: Row) -> bool:
    return (
        entry["program"] == "CCM"
        and entry["activity"] in CARE_ACTIVITIES
        and entry["contact"] not in {"voicemail", "no_answer"}
        and day_of(entry).isoformat() >= patient["consent_date"]
        and entry["note"] != ""
    )


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return Sample(tmp_path_factory.mktemp("sample"))


def test_the_same_arguments_write_the_same_bytes(tmp_path: Path) -> None:
    first, again, other = (
        write_sample(tmp_path / name, patients=30, seed=seed, today=TODAY)
        for name, seed in (("first", 1), ("again", 1), ("other", 2))
    )
    for one, same in zip(astuple(first), astuple(again), strict=True):
        assert one.read_bytes() == same.read_bytes()
    assert first.entries.read_bytes() != other.entries.read_bytes()


def test_the_files_have_the_columns_that_the_import_reads(sample: Sample) -> None:
    headers = [path.read_text(encoding="utf-8").splitlines()[0] for path in astuple(sample.paths)]
    assert headers == [
        "name,channel_id",
        "id,slack_user_id,name,credential,roles,teams,active_from,active_to,supervised,employed,from,npi",
        (
            "code,team,billing_practitioner,conditions,risk_documented,programs,enrolled_on,consent_date,consent_form,"
            "initiating_visit_date,initiating_visit_type,care_plan_date,from,place_of_service"
        ),
        "external_id,staff,patient,program,activity,contact,date,minutes,start,end,note,recorded",
    ]


@pytest.mark.parametrize("today", AWKWARD_DAYS, ids=str)
def test_both_teams_have_patients_in_both_bands_on_any_day(tmp_path: Path, today: date) -> None:
    sample = Sample(tmp_path, today=today)
    for team in ("Blue Team", "Green Team"):
        minutes = sample.clean_ccm_minutes(team).values()
        assert any(15 <= count <= 19 for count in minutes)
        assert any(35 <= count <= 39 for count in minutes)


@pytest.mark.parametrize("today", AWKWARD_DAYS, ids=str)
def test_nothing_lies_in_the_future_or_before_last_month(tmp_path: Path, today: date) -> None:
    sample = Sample(tmp_path, today=today)
    last_month = (sample.month - timedelta(days=1)).replace(day=1)
    assert {day_of(entry).replace(day=1) for entry in sample.entries} == {last_month, sample.month}
    for entry in sample.entries:
        assert day_of(entry) <= today
        assert entry["recorded"] == "" if day_of(entry) == today else entry["recorded"] < today.isoformat()
        assert not (day_of(entry) == today and entry["start"])
        assert entry["recorded"] == "" or entry["recorded"] >= entry["end"]


def test_an_entry_has_times_or_a_date_with_minutes_and_never_both(sample: Sample) -> None:
    for entry in sample.entries:
        assert bool(entry["start"]) == bool(entry["end"]) != bool(entry["date"]) == bool(entry["minutes"])
        assert 1 <= length_of(entry) <= 60


@pytest.mark.parametrize(("patients", "today"), [(60, TODAY), (1200, TODAY), (60, date(2026, 11, 2))])
def test_nobody_is_in_two_places_at_once(tmp_path: Path, patients: int, today: date) -> None:
    busy: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entry in Sample(tmp_path, patients=patients, today=today).entries:
        if entry["start"]:
            busy[entry["staff"]].append((entry["start"], entry["end"]))
    for times in busy.values():
        times.sort()
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(times))


def test_a_small_practice_has_eight_people_in_known_roles(sample: Sample) -> None:
    roles = Counter(role for person in sample.staff for role in person["roles"].split(";"))
    assert roles == {"coordinator": 3, "lead": 2, "biller": 1, "practitioner": 1, "admin": 1}
    credentials = {person["id"]: person["credential"] for person in sample.staff}
    assert [credentials[f"coord{number}"] for number in (1, 2, 3)] == ["RN", "LPN", "MA"]
    assert (credentials["biller1"], credentials["practitioner1"]) == ("", "MD")
    assert (sample.staff[0]["name"], sample.staff[0]["slack_user_id"]) == ("Coordinator One", "U0COORD1")
    assert [tuple(team.values()) for team in sample.teams] == [("Blue Team", "C0BLUE"), ("Green Team", "C0GREEN")]


@pytest.mark.parametrize(("patients", "teams", "coordinators"), [(500, 2, 4), (501, 3, 4), (5000, 11, 34)])
def test_a_larger_practice_has_more_teams_and_people(
    tmp_path: Path, patients: int, teams: int, coordinators: int
) -> None:
    sample = Sample(tmp_path, patients=patients)
    assert (len(sample.patients), len(sample.teams)) == (patients, teams)
    assert sum(person["roles"] == "coordinator" for person in sample.staff) == coordinators
    for column, rows in (("id", sample.staff), ("slack_user_id", sample.staff), ("channel_id", sample.teams)):
        assert len({row[column] for row in rows}) == len(rows)
    assert {patient["team"] for patient in sample.patients} == {team["name"] for team in sample.teams}


def test_only_qualified_staff_work_and_only_for_known_patients_in_their_programs(sample: Sample) -> None:
    qualified = CLINICAL_STAFF_CREDENTIALS | PRACTITIONER_CREDENTIALS
    credentials = {person["id"]: person["credential"] for person in sample.staff}
    for entry in sample.entries:
        assert credentials[entry["staff"]] in qualified
        assert entry["program"] in sample.by_code[entry["patient"]]["programs"].split(";")
        assert Activity(entry["activity"])
        assert bool(entry["contact"]) == (Activity(entry["activity"]) in CONTACT_ACTIVITIES)


def test_every_kind_of_trouble_is_there(sample: Sample) -> None:
    patients, entries = sample.patients, sample.entries
    assert any(patient["consent_date"] == "" for patient in patients)
    assert any(";" not in patient["conditions"] for patient in patients)
    assert any(patient["care_plan_date"] == "" for patient in patients)
    assert any(patient["billing_practitioner"] == "" for patient in patients)
    assert any(entry["activity"] == "em_visit" for entry in entries)
    assert any(entry["contact"] == "voicemail" for entry in entries)
    assert any("" < sample.by_code[entry["patient"]]["consent_date"] > day_of(entry).isoformat() for entry in entries)
    assert any(len(entry["note"]) < 40 for entry in entries)
    assert {patient["code"] for patient in patients} > {entry["patient"] for entry in entries if this_month(entry)}
    starts = defaultdict(set)
    for entry in entries:
        if entry["start"]:
            starts[entry["patient"], entry["start"]].add(entry["staff"])
    assert any(len(staff) > 1 for staff in starts.values())


def this_month(entry: Row) -> bool:
    return day_of(entry) >= TODAY.replace(day=1)


def test_rpm_patients_have_live_contacts_and_some_have_none(sample: Sample) -> None:
    contacts = defaultdict(set)
    for entry in sample.entries:
        if entry["program"] == "RPM" and this_month(entry):
            contacts[entry["patient"]].add(entry["contact"])
    assert any("live" in found for found in contacts.values())
    assert any("live" not in found for found in contacts.values())


def test_minutes_reach_all_thresholds_by_the_months_end(tmp_path: Path) -> None:
    sample = Sample(tmp_path, today=date(2026, 11, 30))
    minutes = list((Counter(sample.clean_ccm_minutes("Blue Team")) | sample.clean_ccm_minutes("Green Team")).values())
    assert any(20 <= count < 35 for count in minutes)
    assert any(40 <= count < 60 for count in minutes)
    assert any(count >= 60 for count in minutes)


def test_an_active_patient_has_a_handful_of_entries(sample: Sample) -> None:
    entries = Counter(entry["patient"] for entry in sample.entries)
    assert 4 <= len(sample.entries) / len(entries) <= 10


def test_a_practice_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        write_sample(tmp_path, patients=0, seed=1, today=TODAY)


@pytest.mark.parametrize("name", ["teams.csv", "staff.csv", "patients.csv", "entries.csv"])
def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("somebody's own", encoding="utf-8")

    with pytest.raises(LedgerError, match=f"SAMPLE_EXISTS: .*{name} is there already; nothing was written") as refused:
        write_sample(tmp_path, patients=4, seed=1, today=TODAY)

    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "somebody's own"
    other = Path(refused.value.remedy.removeprefix("Name another folder, for example: ccm sample "))
    write_sample(other, patients=4, seed=1, today=TODAY)
