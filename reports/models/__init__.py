"""What this room keeps: the figures of each night, and the addresses of walls."""

from reports.models.figures import AssetFigure, CaseFigure, Night
from reports.models.wall import Wall

__all__ = ["AssetFigure", "CaseFigure", "Night", "Wall"]
