"""What the audit lets pass, and what it says."""

from __future__ import annotations

import datetime
import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"
TODAY = datetime.date(2026, 11, 24)
RULES: dict[str, Any] = {
    "permissive": ["MIT", "Apache-2.0", "License :: OSI Approved :: BSD License"],
    "unstated": {"silent": {"license": "MIT", "found": "Its LICENSE file is MIT's."}},
    "copyleft": {"shared": {"license": "MPL-2.0", "reason": "Unchanged."}},
}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", SCRIPTS / "audit.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up by name.
    sys.modules["audit"] = module
    spec.loader.exec_module(module)
    return module


def problems(audit: ModuleType, name: str, *licenses: str) -> list[str]:
    return list(audit.license_problems([audit.Package(name, "1.0", licenses)], RULES))


@pytest.mark.parametrize(
    "licenses",
    [
        ("MIT",),
        ("MIT", "License :: OSI Approved :: BSD License"),
        ("MIT AND Apache-2.0",),
        ("GPL-3.0-only OR MIT",),
        ("(GPL-3.0-only OR MIT) AND Apache-2.0",),
    ],
)
def test_permissive_licenses_pass_alone_joined_and_as_a_choice(
    audit: ModuleType, licenses: tuple[str, ...]
) -> None:
    assert problems(audit, "free", *licenses) == []


@pytest.mark.parametrize(
    "licenses",
    [
        (),
        ("GPL-3.0-only",),
        ("MIT", "GPL-3.0-only"),
        ("MIT AND GPL-3.0-only",),
        ("Apache-2.0 WITH LLVM-exception",),
        ("Free as in beer!",),
        ("",),
    ],
)
def test_any_other_license_fails_with_what_to_do(
    audit: ModuleType, licenses: tuple[str, ...]
) -> None:
    (problem,) = problems(audit, "other", *licenses)
    assert problem.startswith("other 1.0 is under ")
    assert "do without the package or say in scripts/audit.toml why it may stay" in problem


def test_a_license_that_a_person_read_counts_until_the_package_states_one(
    audit: ModuleType,
) -> None:
    assert problems(audit, "silent") == []
    assert problems(audit, "silent", "MIT") == [
        "silent states its license now: take it out of [unstated]."
    ]


def test_a_copyleft_package_passes_by_name_under_the_license_that_was_read(
    audit: ModuleType,
) -> None:
    assert problems(audit, "shared", "MPL-2.0") == []
    (changed,) = problems(audit, "shared", "AGPL-3.0-only")
    assert "shared 1.0 is under AGPL-3.0-only." in changed
    assert problems(audit, "shared", "MIT") == ["shared is under MIT: take it out of [copyleft]."]


def test_packages_are_read_from_a_bill_of_materials(audit: ModuleType) -> None:
    components = [
        {"name": "Zope_Thing", "version": "2.0+cpu", "licenses": [{"license": {"id": "MIT"}}]},
        {"name": "attrs", "version": "1", "licenses": [{"expression": "MIT OR Apache-2.0"}]},
        {"name": "bare", "version": "3"},
    ]
    attrs, bare, thing = audit.packages_of({"components": components})
    assert (attrs.name, attrs.licenses) == ("attrs", ("MIT OR Apache-2.0",))
    assert bare.licenses == ()
    assert (thing.pin, thing.licenses) == ("zope-thing==2.0", ("MIT",))


def report(*vulnerabilities: dict[str, Any]) -> dict[str, Any]:
    return {
        "dependencies": [
            {"name": "good", "version": "1.0", "vulns": []},
            {"name": "bad", "version": "2.0", "vulns": list(vulnerabilities)},
            {"name": "private", "skip_reason": "not found"},
        ]
    }


FOUND = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-9"], "fix_versions": ["2.1"]}


def test_packages_that_the_service_does_not_know_are_not_audited(audit: ModuleType) -> None:
    read = audit.read_audit(report())
    assert (read.n_audited, read.not_audited, read.vulnerabilities) == (2, ("private",), ())
    assert "NOT AUDITED for known vulnerabilities: 1 of 3 packages: private." in audit.told(read)


def test_without_an_answer_nothing_counts_as_audited(audit: ModuleType) -> None:
    told = audit.told(audit.Audit(0, ("a", "b"), ()))
    assert "NOT AUDITED for known vulnerabilities: all 2 packages" in told
    assert "vulnerabilities known" not in told


def test_a_service_that_answers_for_all_is_told_without_alarm(audit: ModuleType) -> None:
    assert audit.told(audit.Audit(2, (), ())) == "2 packages were audited; 0 vulnerabilities known."


def test_a_known_vulnerability_is_a_problem_that_names_its_mend(audit: ModuleType) -> None:
    found = audit.read_audit(report(FOUND))
    assert list(audit.vulnerability_problems(found, RULES, TODAY)) == [
        "bad 2.0: PYSEC-2026-1, CVE-2026-9 (fixed in 2.1)."
    ]


@pytest.mark.parametrize("name", ["PYSEC-2026-1", "CVE-2026-9"])
def test_an_accepted_vulnerability_passes_until_its_day_is_over(
    audit: ModuleType, name: str
) -> None:
    found = audit.read_audit(report(FOUND))
    rules = {**RULES, "accepted": [{"id": name, "reason": "Not called.", "until": TODAY}]}
    assert list(audit.vulnerability_problems(found, rules, TODAY)) == []
    after = TODAY + datetime.timedelta(days=1)
    (problem,) = audit.vulnerability_problems(found, rules, after)
    assert problem.endswith("(fixed in 2.1; accepted until 2026-11-24).")


def test_a_service_that_knows_none_of_the_first_packages_is_asked_no_more(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[int] = []

    def silent(packages: list[Any], _: Path) -> Any:
        asked.append(len(packages))
        return audit.Audit(0, tuple(package.name for package in packages), ())

    monkeypatch.setattr(audit, "_asked", silent)
    packages = [audit.Package(f"p{i}", "1", ("MIT",)) for i in range(20)]
    assert len(audit.audit_of(packages, tmp_path / "report.json").not_audited) == 20
    assert asked == [audit.N_FIRST]


def test_every_rule_gives_its_reason() -> None:
    rules = tomllib.loads((SCRIPTS / "audit.toml").read_text(encoding="utf-8"))
    for name, rule in rules["copyleft"].items():
        assert rule.keys() == {"license", "reason"}, name
    for name, rule in rules["unstated"].items():
        assert rule.keys() == {"license", "found"}, name
    for rule in rules.get("accepted", ()):
        assert rule["reason"], rule["id"]
        assert isinstance(rule["until"], datetime.date)


def test_the_page_tells_what_each_package_is_for(audit: ModuleType) -> None:
    packages = [audit.Package("shared", "1.0", ("MPL-2.0",)), audit.Package("torch", "2", ("MIT",))]
    page = audit.licenses_page(packages, RULES, {"shared": "serving"})
    assert "| shared 1.0 | MPL-2.0 | serving | Unchanged. |" in page
    assert "| torch 2 | MIT | building |  |" in page


def test_what_is_locked_for_serving_counts_as_needed_there(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SCRIPTS.parent)
    uses = audit.uses()
    assert (uses["gradio"], uses["onnx"], uses["pytest"]) == ("serving", "building", "developing")
