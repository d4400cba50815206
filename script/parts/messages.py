"""Compiles the translations: .po files, which people edit, to the .mo files that Django reads."""

from __future__ import annotations

import subprocess
from pathlib import Path

from parts.clone import CLONE, Trouble


def stale_catalogues() -> list[Path]:
    """The .po files in locale/, of the project or a room, whose .mo is absent or older."""
    sources = [*CLONE.glob("locale/*/LC_MESSAGES/*.po"), *CLONE.glob("*/locale/*/LC_MESSAGES/*.po")]
    own = [path for path in sources if path.relative_to(CLONE).parts[0] not in ("node_modules", "var")]
    return [path for path in own if _older(path.with_suffix(".mo"), path)]


def compile_catalogues() -> None:
    """Compile what is stale. msgfmt also finds placeholders that a translation lost."""
    for source in stale_catalogues():
        target = source.with_suffix(".mo")
        new = target.with_suffix(".mo.new")
        command = ["msgfmt", "--check-format", "--output-file", str(new), str(source)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise Trouble(f"{source.relative_to(CLONE)} does not compile:\n{result.stderr}")
        new.replace(target)


def _older(target: Path, source: Path) -> bool:
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime
