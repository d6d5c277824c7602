"""What is installed, under which licenses, and with which known vulnerabilities: `make audit`.

Writes build/sbom.json (CycloneDX), build/licenses.md and build/vulnerabilities.json. Fails on a
license or a vulnerability that scripts/audit.toml does not let pass. Where the service that knows
vulnerabilities gives no answer, it says so and does not fail, unless with --required.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BUILD = Path("build")
# Seconds; a service that answers takes about twenty for everything.
PATIENCE = 120
N_FIRST = 5
LOCKS = {
    "serving": "requirements-serve.lock",
    "building": "requirements.lock",
    "developing": "requirements-dev.lock",
}


@dataclass(frozen=True)
class Package:
    """An installed package; each of `licenses` holds for it, as an SPDX expression or a name."""

    name: str
    version: str
    licenses: tuple[str, ...]

    @property
    def pin(self) -> str:
        """Name and version as an index has it: a local part, such as +cpu, tells the build."""
        return f"{self.name}=={self.version.partition('+')[0]}"


@dataclass(frozen=True)
class Vulnerability:
    """A known vulnerability of an installed package; `ids` are all names of it."""

    package: str
    version: str
    ids: tuple[str, ...]
    fixed_in: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """What the service said: packages it knew nothing of are not audited."""

    n_audited: int
    not_audited: tuple[str, ...]
    vulnerabilities: tuple[Vulnerability, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description="Audit what is installed.")
    parser.add_argument("--required", action="store_true", help="fail where nothing is audited")
    required = parser.parse_args().required
    rules = tomllib.loads(Path("scripts/audit.toml").read_text(encoding="utf-8"))
    BUILD.mkdir(exist_ok=True)
    packages = installed(BUILD / "sbom.json")
    print(f"{len(packages)} packages are installed: build/sbom.json, build/licenses.md")
    (BUILD / "licenses.md").write_text(licenses_page(packages, rules, uses()), encoding="utf-8")
    problems = [*license_problems(packages, rules)]
    audit = audit_of(packages, BUILD / "vulnerabilities.json")
    problems += vulnerability_problems(audit, rules, datetime.datetime.now(datetime.UTC).date())
    print(told(audit))
    if required and audit.not_audited:
        problems.append("Not every package was audited, and --required asks for it.")
    for problem in problems:
        print(f"- {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


def installed(sbom: Path) -> list[Package]:
    """Write the bill of materials of this environment, and read it."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", "pyproject.toml"]
    options = ["--output-reproducible", "--output-file", str(sbom)]
    subprocess.run([*command, *options, sys.executable], check=True)
    return packages_of(json.loads(sbom.read_text(encoding="utf-8")))


def packages_of(sbom: Mapping[str, Any]) -> list[Package]:
    packages = [
        Package(
            re.sub(r"[-_.]+", "-", component["name"]).lower(),
            component["version"],
            tuple(_stated(entry) for entry in component.get("licenses", ())),
        )
        for component in sbom["components"]
    ]
    return sorted(packages, key=lambda package: package.name)


def _stated(entry: Mapping[str, Any]) -> str:
    license_ = entry.get("license", {})
    return entry.get("expression") or license_.get("id") or license_.get("name") or "nothing"


def license_problems(packages: Iterable[Package], rules: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each license that no rule lets pass, and each rule that no package needs."""
    for package in packages:
        unstated = rules["unstated"].get(package.name)
        if unstated and package.licenses:
            yield f"{package.name} states its license now: take it out of [unstated]."
        licenses = licenses_of(package, rules)
        allowed = rules["copyleft"].get(package.name)
        passes = bool(licenses) and all(_passes(one, rules["permissive"]) for one in licenses)
        if passes and allowed:
            yield f"{package.name} is under {', '.join(licenses)}: take it out of [copyleft]."
        elif not passes and (allowed is None or allowed["license"] != ", ".join(licenses)):
            stated = ", ".join(licenses) or "no license that can be read"
            yield (
                f"{package.name} {package.version} is under {stated}. Read what that asks for, "
                "and do without the package or say in scripts/audit.toml why it may stay."
            )


def licenses_of(package: Package, rules: Mapping[str, Any]) -> tuple[str, ...]:
    unstated = rules["unstated"].get(package.name)
    return package.licenses or ((unstated["license"],) if unstated else ())


def _passes(stated: str, permissive: Sequence[str]) -> bool:
    """Tell whether one may choose only permissive licenses from an SPDX expression, or a name."""
    if stated in permissive:
        return True
    from license_expression import ExpressionError, get_spdx_licensing

    try:
        parsed = get_spdx_licensing().parse(stated)
    except ExpressionError:
        return False
    choice = {"AND": all, "OR": any}.get(getattr(parsed, "operator", "").strip())
    return choice is not None and choice(_passes(str(part), permissive) for part in parsed.args)


def uses() -> dict[str, str]:
    """Return what each locked package is needed for; what a server needs, all need."""
    used: dict[str, str] = {}
    for use, lock in LOCKS.items():
        for name in re.findall(r"^([a-z0-9-]+)==", Path(lock).read_text("utf-8"), re.MULTILINE):
            used.setdefault(name, use)
    return used


def licenses_page(
    packages: Iterable[Package], rules: Mapping[str, Any], used: Mapping[str, str]
) -> str:
    lines = ["# Licenses of what is installed", "", "| package | license | for | remark |"]
    lines.append("| --- | --- | --- | --- |")
    for package in packages:
        found = rules["unstated"].get(package.name, {}).get("found", "")
        reason = rules["copyleft"].get(package.name, {}).get("reason", "")
        licenses = ", ".join(one.rpartition(" :: ")[2] for one in licenses_of(package, rules))
        # torch alone stands in no lock.
        use = used.get(package.name, "building")
        remark = " ".join(filter(None, (found, reason)))
        lines.append(f"| {package.name} {package.version} | {licenses} | {use} | {remark} |")
    return "\n".join(lines) + "\n"


def audit_of(packages: Sequence[Package], report: Path) -> Audit:
    """Ask the service about each package, or, where it does not know the first few, about none."""
    first = _asked(packages[:N_FIRST], report)
    if not first.n_audited:
        return Audit(0, tuple(package.pin for package in packages), ())
    return _asked(packages, report)


def _asked(packages: Sequence[Package], report: Path) -> Audit:
    pins = report.with_suffix(".txt")
    pins.write_text("\n".join(package.pin for package in packages), encoding="utf-8")
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip"]
    options = ["--progress-spinner", "off", "--format", "json", "--output", str(report)]
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(
            [*command, *options, "--requirement", str(pins)],
            timeout=PATIENCE,
            capture_output=True,
            check=False,
        )
    if not report.exists():
        return Audit(0, tuple(package.pin for package in packages), ())
    return read_audit(json.loads(report.read_text(encoding="utf-8")))


def read_audit(report: Mapping[str, Any]) -> Audit:
    """Read what pip-audit wrote: it calls packages that the service does not know "skipped"."""
    known = [package for package in report["dependencies"] if "vulns" in package]
    return Audit(
        len(known),
        tuple(package["name"] for package in report["dependencies"] if "vulns" not in package),
        tuple(
            Vulnerability(
                package["name"],
                package["version"],
                (found["id"], *found.get("aliases", ())),
                tuple(found.get("fix_versions", ())),
            )
            for package in known
            for found in package["vulns"]
        ),
    )


def vulnerability_problems(
    audit: Audit, rules: Mapping[str, Any], today: datetime.date
) -> Iterator[str]:
    """Yield a line for each vulnerability that is not accepted, or no longer."""
    accepted = {rule["id"]: rule["until"] for rule in rules.get("accepted", ())}
    for found in audit.vulnerabilities:
        until = max((accepted[i] for i in found.ids if i in accepted), default=None)
        if until is None or until < today:
            mend = f"fixed in {', '.join(found.fixed_in)}" if found.fixed_in else "not fixed yet"
            over = f"; accepted until {until}" if until else ""
            yield f"{found.package} {found.version}: {', '.join(found.ids)} ({mend}{over})."


def told(audit: Audit) -> str:
    n_all = audit.n_audited + len(audit.not_audited)
    if not audit.not_audited:
        return f"{n_all} packages were audited; {len(audit.vulnerabilities)} vulnerabilities known."
    if audit.n_audited:
        which = f"{len(audit.not_audited)} of {n_all} packages: {', '.join(audit.not_audited)}."
    else:
        which = f"all {n_all} packages; the service that knows them gave no answer."
    line = "!" * 100
    return (
        f"{line}\nNOT AUDITED for known vulnerabilities: {which}\n"
        f"Run “make audit” where that service can be reached.\n{line}"
    )


if __name__ == "__main__":
    main()
