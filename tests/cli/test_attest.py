"""``ccm attest``: recorded by an administrator, listed for people and for programs."""

import json

import pytest
from support.attestations import MEYER
from support.terminal import Ccm, fine, refused


def test_an_attestation_is_recorded_and_listed(ccm: Ccm) -> None:
    said = fine(ccm("attest", "access", "--date", "2026-11-20", "--by", MEYER, "--as", "admin1"))
    assert f"24/7 access: {MEYER}, 2026-11-20; it is due again after 2027-11-20" in said

    listed = fine(ccm("attest"))
    assert f"24/7 access (`access`) · {MEYER}, 2026-11-20, good until 2027-11-20" in listed
    assert "Certified record (`record`) · missing" in listed


def test_json_has_what_holds_what_is_due_and_everything_recorded(ccm: Ccm) -> None:
    one = json.loads(fine(ccm("attest", "team", "--by", MEYER, "--as", "admin1", "--json")))
    assert (one["kind"], one["attested_on"], one["attested_by"]) == ("team", "2026-11-24", MEYER)
    fine(ccm("attest", "record", "--date", "2025-11-20", "--by", "Dr. Weber", "--as", "admin1"))
    fine(ccm("attest", "team", "--date", "2026-11-24", "--withdraw", "--as", "admin1"))

    found = json.loads(fine(ccm("attest", "--json")))

    held = {each["what"]: (each["is_due"], each["attested_on"], each["good_until"]) for each in found["attestations"]}
    assert held == {
        "access": (True, None, None),
        "team": (True, None, None),
        "record": (True, "2025-11-20", "2026-11-20"),
        "supervision": (True, None, None),
    }
    assert [(each["kind"], each["attested_by"]) for each in found["recorded"]] == [
        ("team", MEYER),
        ("record", "Dr. Weber"),
        ("team", None),
    ]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("access", "--by", MEYER, "--as", "nurse1"), "ROLE_NEEDED"),
        (("access", "--by", MEYER), "AUTHOR_MISSING"),
        (("access", "--as", "admin1"), "ATTESTATION_NAME"),
        (("access", "--date", "2026-12-01", "--by", MEYER, "--as", "admin1"), "ATTESTATION_DATE"),
        (("parking", "--by", MEYER, "--as", "admin1"), "ATTESTATION_UNKNOWN"),
    ],
)
def test_what_cannot_be_is_refused(ccm: Ccm, words: tuple[str, ...], code: str) -> None:
    refused(ccm("attest", *words), code)
    assert json.loads(fine(ccm("attest", "--json")))["recorded"] == []
