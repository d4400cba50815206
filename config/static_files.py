"""Static files as they are served: collected, compressed, and named by their content so that a browser keeps them.

A file whose name carries a digest is kept for a year; another edition has another name. Modules that find each other
beside themselves (MapLibre and its worker, the parts of `qr`) keep their names and are asked about again, which costs
a 304. Everything else names files by `static()` or, in our own modules, through the import map.
"""

from datetime import UTC, datetime
from typing import Any

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_FIND_EACH_OTHER = (".mjs",)
_FIND_EACH_OTHER_IN = ("vendor/qr/",)


class StaticFiles(StaticFilesConfig):
    """What is collected: no source maps, no builds for developers or for other programs than a browser."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *(
            "*.map",
            "*-dev.mjs",
            "*.d.ts",
            "umd.js",
            "*.cjs",
            "*.cjs.js",
            "*.cjs.prod.js",
            "*.md",
            "package.json",
            "src",
            # ECharts for pages without modules, whole or in parts: the one module is what ours import.
            "echarts*.js",
            "echarts.esm.mjs",
            "extension",
        ),
    ]


class NamedByContent(CompressedManifestStaticFilesStorage):
    """The storage behind `static()` wherever files are collected."""

    # Addresses inside stylesheets are rewritten. Scripts only name source maps, which are not collected.
    patterns = tuple(pattern for pattern in HashedFilesMixin.patterns if pattern[0] == "*.css")

    def get_modified_time(self, name: str) -> datetime:
        """So old that every file is collected anew: npm gives all editions of a file the same day in 1985."""
        return _LONG_AGO

    def file_hash(self, name: str | None, content: Any = None) -> str | None:
        """The digest for a file's name (None: of the manifest); None for one that keeps its own."""
        if name and (name.endswith(_FIND_EACH_OTHER) or name.startswith(_FIND_EACH_OTHER_IN)):
            return None
        digest: str | None = super().file_hash(name, content)
        return digest
