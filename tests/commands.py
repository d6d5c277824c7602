"""The command line, run in the tests' own process."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from gecko_qa.main import main


class Done(NamedTuple):
    code: int
    out: str
    err: str


class Cli:
    """Runs the command line in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Done:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        out, err = self._capsys.readouterr()
        code = end.value.code
        assert "Traceback" not in out + err
        return Done(int(code or 0), out, err)
