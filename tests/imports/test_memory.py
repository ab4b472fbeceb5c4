"""Documents made to grow: each is read or refused, in memory that has a ceiling."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.imports import heavy
from tests.servers import ROOT

CEILING = 1024 * heavy.MIB  # above what the document itself takes


@pytest.mark.deep
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is asked of Linux")
@pytest.mark.parametrize("name", heavy.DOCUMENTS)
def test_no_document_takes_more_memory_than_a_small_server_has(name: str) -> None:
    command = [sys.executable, "-m", "tests.imports.heavy"]
    data = heavy.DOCUMENTS[name]()
    done = subprocess.run(command, cwd=ROOT, input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < CEILING
