"""The benchmarks are commands of a clone: they start under any Python and then move to the clone's own."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.mark.parametrize(
    "benchmark",
    [path for path in sorted(FOLDER.glob("*.py")) if path.stem != "serving"],
    ids=lambda path: path.stem,
)
def test_a_benchmark_starts_under_a_python_without_packages(benchmark: Path) -> None:
    command = [sys.executable, "-E", "-s", "-S", benchmark, "--help"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert benchmark.name in answer.stdout
