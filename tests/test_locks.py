"""The lock files against pyproject.toml, which alone says what is needed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = PROJECT["tool"]["gecko-qa"]["lock"]
DEV, ALL, SERVE = "requirements-dev.lock", "requirements.lock", "requirements-serve.lock"
# Only a machine knows which build of it is right, so setup.sh installs it beside the lock.
TORCH = "torch"


def locked(name: str) -> dict[str, tuple[Requirement, frozenset[str]]]:
    """Return each requirement of a lock file and the digests that its files may have."""
    text = (REPOSITORY / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    found = {}
    for line in lines:
        requirement = Requirement(line.partition(" --hash")[0])
        digests = frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})(?= |$)", line))
        found[canonicalize_name(requirement.name)] = requirement, digests
    assert len(found) == len(lines)
    return found


def required(*groups: str) -> dict[str, Requirement]:
    project = PROJECT["project"]
    lines = list(PROJECT["build-system"]["requires"])
    lines += project["dependencies"]
    lines += [line for group in groups for line in project["optional-dependencies"][group]]
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def assert_satisfied(requirements: dict[str, Requirement], lock: str) -> None:
    pins = locked(lock)
    missing = requirements.keys() - pins.keys()
    assert not missing, f"{lock} lacks {missing}: run “make lock”."
    for name, requirement in requirements.items():
        (pin,) = pins[name][0].specifier
        assert requirement.specifier.contains(pin.version), f"{lock}: {pin} for {requirement}"
        assert pins[name][0].marker is None, f"{lock}: {name} is not for every machine"


def test_the_locks_hold_all_that_pyproject_asks_for_at_a_version_it_allows() -> None:
    building = required()
    torch = building.pop(TORCH)
    assert [specifier.operator for specifier in torch.specifier] == ["=="]
    assert_satisfied(building, ALL)
    developing = required("dev")
    del developing[TORCH]
    assert_satisfied(developing, DEV)


def test_the_lock_of_a_server_holds_all_that_is_not_for_building() -> None:
    left_out = {canonicalize_name(name) for name in LOCK["not-for-serving"]}
    serving = required()
    assert left_out < serving.keys(), "pyproject.toml leaves out what it does not ask for."
    backend = canonicalize_name(Requirement(PROJECT["build-system"]["requires"][0]).name)
    kept = serving.keys() - left_out - {backend}
    assert_satisfied({name: serving[name] for name in kept}, SERVE)
    assert not locked(SERVE).keys() & (left_out | {"transformers", "scikit-learn", "sympy"})


@pytest.mark.parametrize("lock", [DEV, ALL, SERVE])
def test_every_line_is_one_version_with_digests(lock: str) -> None:
    for name, (requirement, digests) in locked(lock).items():
        (pin,) = requirement.specifier
        assert pin.operator == "==", name
        assert digests, name


@pytest.mark.parametrize("lock", [DEV, ALL, SERVE])
def test_no_lock_names_an_index_torch_or_packages_for_gpus(lock: str) -> None:
    assert "://" not in (REPOSITORY / lock).read_text(encoding="utf-8")
    forbidden = re.compile(r"torch|triton|nvidia-.*|cuda-.*")
    assert not [name for name in locked(lock) if forbidden.fullmatch(name)]


@pytest.mark.parametrize(("smaller", "larger"), [(SERVE, ALL), (ALL, DEV)])
def test_a_smaller_lock_is_part_of_the_larger(smaller: str, larger: str) -> None:
    pins, more = locked(smaller), locked(larger)
    assert pins.keys() <= more.keys()
    for name, (requirement, digests) in pins.items():
        assert (requirement.specifier, digests) == (more[name][0].specifier, more[name][1])
