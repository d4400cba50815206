"""Drawn photos for a few hundred assets of the demonstration: what a crew's phone might have seen, made with Pillow.

Each shows its asset's type, wording and condition. They are marked as drawn in the catalogue (`Photo.drawn`). Without
a Chinese font on the machine the wording is drawn as bars.
"""

import textwrap
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from assets.models import Asset, Condition, Inspection, Photo, PhotoStage
from assets.photos import StoredPhoto, keep_drawing

SIZE = (720, 540)
QUALITY = 88
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
)
# Two of three photographed assets have something wrong with them: that is when people take pictures.
WORN_SHARE = 0.6
GROUND_LINE = 420
Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]
INKS: tuple[tuple[Colour, Colour], ...] = (
    ((250, 248, 240), (168, 30, 34)),
    ((178, 34, 34), (255, 236, 170)),
    ((236, 244, 250), (26, 82, 140)),
    ((240, 247, 236), (38, 110, 60)),
    ((255, 243, 214), (150, 74, 16)),
)
# Where the face of each shape of carrier sits in the picture.
FACES: dict[str, Box] = {
    "panel": (150, 130, 570, 340),
    "board": (240, 110, 480, 370),
    "wall": (30, 190, 690, 400),
    "fence": (20, 150, 700, 410),
    "flag": (380, 90, 500, 330),
    "shelter": (210, 190, 510, 380),
    "screen": (160, 100, 560, 320),
    "arch": (120, 110, 600, 200),
    "railing": (90, 300, 630, 410),
    "sign": (170, 210, 550, 320),
    "sculpture": (190, 150, 530, 350),
    "pillar": (90, 60, 630, 230),
    "plaque": (300, 110, 420, 390),
    "scenic": (220, 200, 500, 360),
    "guide": (260, 90, 460, 250),
    "notice": (220, 140, 500, 350),
}


@dataclass(frozen=True)
class Scene:
    """What one picture shows."""

    symbol: str
    wording: str
    condition: int
    defects: tuple[str, ...]
    seed: int


def add_photos(count: int, rng: np.random.Generator) -> int:
    """Draw and store about `count` photos, and name them in the catalogue; returns how many."""
    subjects = _choose(count, rng)
    scenes: list[Scene] = []
    photos: list[Photo] = []
    for asset, inspection in subjects:
        for stage, condition, at in _moments(asset, inspection, rng):
            scenes.append(
                Scene(
                    asset.type.symbol,
                    asset.wording or asset.name,
                    condition,
                    tuple(inspection.defects) if condition == inspection.condition else (),
                    int(rng.integers(2**31)),
                )
            )
            photos.append(
                Photo(
                    uid=uuid.UUID(bytes=rng.bytes(16), version=4),
                    asset=asset,
                    inspection=inspection if stage == PhotoStage.INSPECTION else None,
                    stage=stage,
                    taken_at=at,
                    drawn=True,
                )
            )
    with ThreadPoolExecutor(max_workers=2) as workers:  # encoding leaves Python's lock to the other
        stored = list(workers.map(_store, scenes))
    for photo, file in zip(photos, stored, strict=True):
        photo.sha256, photo.width, photo.height = file.sha256, file.width, file.height
    Photo.objects.bulk_create(photos)
    return len(photos)


def _choose(count: int, rng: np.random.Generator) -> list[tuple[Asset, Inspection]]:
    """Assets with their latest inspection, worn ones preferred; about two photos each."""
    latest = (
        Inspection.objects.order_by("asset__code", "-effective_at", "-id")
        .distinct("asset__code")
        .select_related("asset__type")
    )
    shown = Asset.objects.filter(lifecycle="in_use")
    wanted = max(1, round(count / 1.7))
    keys: list[int] = []
    worn = shown.filter(condition__gte=Condition.MINOR).order_by("code").values_list("pk", flat=True)
    good = shown.filter(condition=Condition.GOOD).order_by("code").values_list("pk", flat=True)
    for part, share in ((worn, WORN_SHARE), (good, 1 - WORN_SHARE)):
        possible = np.array(list(part), dtype=np.int64)
        number = min(len(possible), round(wanted * share))
        keys.extend(rng.choice(possible, number, replace=False).tolist() if number else [])
    return [(inspection.asset, inspection) for inspection in latest.filter(asset__in=keys)]


def _moments(
    asset: Asset, inspection: Inspection, rng: np.random.Generator
) -> list[tuple[PhotoStage, int, datetime]]:
    """Which pictures an asset has: the latest inspection's, and mostly an older overview in good state."""
    found = [(PhotoStage.INSPECTION, int(inspection.condition), inspection.observed_at)]
    earlier = (
        Inspection.objects.filter(asset=asset, effective_at__lt=inspection.effective_at)
        .order_by("effective_at")
        .first()
    )
    if earlier is not None and rng.random() < 0.75:
        found.append((PhotoStage.OVERVIEW, int(Condition.GOOD), earlier.observed_at))
    return found


def _store(scene: Scene) -> StoredPhoto:
    return keep_drawing(draw(scene))


def draw(scene: Scene) -> Image.Image:
    """The picture of a scene; the same for the same scene and fonts."""
    rng = np.random.default_rng(scene.seed)
    picture = _street(rng)
    brush = ImageDraw.Draw(picture)
    box = FACES.get(scene.symbol, FACES["panel"])
    _carrier(brush, scene.symbol, box)
    if scene.condition == Condition.MISSING:
        _empty(brush, box)
    else:
        face = _face(scene, (box[2] - box[0], box[3] - box[1]), rng)
        tilt = float(rng.uniform(4, 8)) if "leaning" in scene.defects else float(rng.normal(0, 0.4))
        turned = face.convert("RGBA").rotate(tilt, Image.Resampling.BICUBIC, expand=True)
        left = (box[0] + box[2] - turned.width) // 2
        top = (box[1] + box[3] - turned.height) // 2
        picture.paste(turned, (left, top), turned)
        if "obstructed" in scene.defects:
            _bush(brush, box, rng)
    return _as_by_phone(picture, rng)


def _street(rng: np.random.Generator) -> Image.Image:
    """Sky, houses and pavement."""
    width, height = SIZE
    top = np.array([rng.integers(150, 190), rng.integers(185, 215), rng.integers(215, 240)])
    low = np.array([228, 232, 232])
    share = np.linspace(0, 1, GROUND_LINE)[:, None, None]
    sky = np.broadcast_to(top * (1 - share) + low * share, (GROUND_LINE, width, 3))
    depth = np.linspace(0, 1, height - GROUND_LINE)[:, None, None]
    ground = np.broadcast_to(np.array([176, 172, 165]) * (1 - 0.25 * depth), (height - GROUND_LINE, width, 3))
    picture = Image.fromarray(np.vstack([sky, ground]).astype(np.uint8), "RGB")
    brush = ImageDraw.Draw(picture)
    left = -20
    while left < width:
        wide, tall = int(rng.integers(70, 150)), int(rng.integers(90, 290))
        shade = int(rng.integers(175, 212))
        brush.rectangle(
            (left, GROUND_LINE - tall, left + wide, GROUND_LINE), fill=(shade, shade - 4, shade - 12)
        )
        for x in range(left + 12, left + wide - 12, 24):
            for y in range(GROUND_LINE - tall + 14, GROUND_LINE - 24, 30):
                brush.rectangle((x, y, x + 11, y + 15), fill=(shade - 38, shade - 28, shade - 18))
        left += wide + int(rng.integers(4, 40))
    for x in rng.integers(0, width, 3).tolist():
        brush.rectangle((x - 4, GROUND_LINE - 90, x + 4, GROUND_LINE + 6), fill=(96, 78, 62))
        brush.ellipse((x - 46, GROUND_LINE - 180, x + 46, GROUND_LINE - 66), fill=(92, 128, 84))
    picture = picture.filter(ImageFilter.GaussianBlur(2.2))
    ImageDraw.Draw(picture).line(
        (0, GROUND_LINE + 34, width, GROUND_LINE + 30), fill=(146, 142, 136), width=4
    )
    return picture


def _carrier(brush: ImageDraw.ImageDraw, symbol: str, box: Box) -> None:
    """What holds the face: legs, a pole, a wall, a roof."""
    left, top, right, bottom = box
    steel, foot = (104, 110, 118), GROUND_LINE + 24
    middle = (left + right) // 2
    if symbol in ("panel", "board", "notice", "screen", "sign", "scenic"):
        for x in (left + 30, right - 30):
            brush.rectangle((x - 7, top + 20, x + 7, foot), fill=steel)
    elif symbol == "flag":
        brush.rectangle((left - 16, 10, left - 2, foot), fill=steel)
        brush.rectangle((left - 16, top + 4, right, top + 10), fill=steel)
    elif symbol in ("pillar", "guide"):
        wide = 26 if symbol == "pillar" else 9
        brush.rectangle((middle - wide, bottom - 20, middle + wide, foot), fill=steel)
    elif symbol == "wall":
        brush.rectangle((0, top - 26, SIZE[0], bottom + 24), fill=(206, 199, 186))
    elif symbol == "plaque":
        brush.rectangle((left - 90, 40, right + 90, foot - 10), fill=(196, 186, 172))
    elif symbol == "shelter":
        brush.rectangle((left - 90, top - 46, right + 90, top - 26), fill=(78, 86, 96))
        for x in (left - 76, right + 76):
            brush.rectangle((x - 6, top - 26, x + 6, foot), fill=steel)
    elif symbol == "arch":
        for x in (left + 18, right - 18):
            brush.rectangle((x - 20, top, x + 20, foot), fill=(158, 108, 84))
        brush.polygon(
            (left - 40, top, right + 40, top, right - 20, top - 50, left + 20, top - 50), fill=(126, 72, 58)
        )
    elif symbol == "railing":
        for x in range(30, SIZE[0], 34):
            brush.rectangle((x - 3, top - 20, x + 3, foot), fill=(222, 224, 224))
    elif symbol == "sculpture":
        brush.rectangle((left - 14, bottom - 8, right + 14, foot), fill=(150, 144, 136))


def _face(scene: Scene, size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """The printed face with its wording and whatever is wrong with it."""
    paper, ink = INKS[int(rng.integers(len(INKS)))]
    width, height = size
    face = Image.new("RGB", size, paper)
    brush = ImageDraw.Draw(face)
    brush.rectangle((0, 0, width - 1, height - 1), outline=ink, width=7)
    characters = scene.wording.split("\n")[0][:40]
    if "missing_characters" in scene.defects and len(characters) > 2:
        gone = int(rng.choice([at for at, letter in enumerate(characters) if letter != " "]))
        characters = f"{characters[:gone]}〇{characters[gone + 1 :]}"
    _write(brush, characters, size, ink)
    if "faded" in scene.defects or scene.condition >= Condition.DAMAGED:
        face = Image.blend(
            face, Image.new("RGB", size, (226, 224, 216)), 0.55 if "faded" in scene.defects else 0.25
        )
    brush = ImageDraw.Draw(face)
    if "soiled" in scene.defects:
        for _spot in range(9):
            x, y, r = int(rng.integers(width)), int(rng.integers(height)), int(rng.integers(6, 26))
            brush.ellipse((x - r, y - r // 2, x + r, y + r), fill=(128, 112, 90))
    if "covered_by_stickers" in scene.defects:
        for _sticker in range(5):
            x, y = int(rng.integers(max(width - 60, 1))), int(rng.integers(max(height - 40, 1)))
            brush.rectangle((x, y, x + 56, y + 36), fill=(246, 244, 220), outline=(120, 120, 110))
            brush.line((x + 6, y + 12, x + 48, y + 12), fill=(70, 70, 70), width=3)
            brush.line((x + 6, y + 22, x + 40, y + 22), fill=(70, 70, 70), width=3)
    if "broken" in scene.defects or scene.condition >= Condition.SEVERE:
        _tear(brush, size, rng, deep=scene.condition >= Condition.SEVERE)
    if "unlit" in scene.defects:
        face = Image.blend(face, Image.new("RGB", size, (24, 26, 30)), 0.6)
    return face


def _tear(brush: ImageDraw.ImageDraw, size: tuple[int, int], rng: np.random.Generator, *, deep: bool) -> None:
    """A torn corner and cracks from it."""
    width, height = size
    reach = 0.5 if deep else 0.28
    edge = [(width, 0), (int(width * (1 - reach)), 0)]
    edge += [
        (
            int(width * (1 - reach * (1 - step / 6) + rng.uniform(-0.05, 0.05))),
            int(height * reach * step / 6 * 1.4),
        )
        for step in range(1, 6)
    ]
    edge.append((width, int(height * reach * 1.4)))
    brush.polygon(edge, fill=(88, 90, 92))
    for _crack in range(3):
        x, y = edge[int(rng.integers(2, 6))]
        for _bend in range(4):
            onward = (x - int(rng.integers(8, 46)), y + int(rng.integers(4, 40)))
            brush.line((x, y, *onward), fill=(70, 66, 62), width=2)
            x, y = onward


def _write(brush: ImageDraw.ImageDraw, words: str, size: tuple[int, int], ink: Colour) -> None:
    """Words as large as they go, in lines from left to right, or downwards on a narrow face."""
    width, height = size
    narrow = height > width * 1.4
    lines = list(words.replace(" ", "")) if narrow else _lines(words, width / height)
    longest = 1 if narrow else max(map(len, lines))
    letter = int(min((width - 40) / longest, (height - 36) / (len(lines) * 1.18)))
    font = _font(max(letter, 8))
    top = (height - len(lines) * letter * 1.18) / 2
    for number, line in enumerate(lines):
        left = (width - len(line) * letter) / 2
        y = top + number * letter * 1.18
        if font is not None:
            brush.text((left, y), line.replace("〇", "　"), font=font, fill=ink)
        else:
            brush.rectangle((left, y + letter * 0.2, left + len(line) * letter, y + letter * 0.8), fill=ink)


def _lines(words: str, shape: float) -> list[str]:
    """Words in as many lines as make the largest letters on a face so many times wider than high."""
    phrases = words.split()
    if len(phrases) == 1:
        count = max(1, round((len(words) / (1.2 * shape)) ** 0.5))
        return textwrap.wrap(words, -(-len(words) // count))
    layouts = []
    for count in range(1, len(phrases) + 1):
        per_line = -(-len(phrases) // count)
        layouts.append(["　".join(phrases[at : at + per_line]) for at in range(0, len(phrases), per_line)])
    return max(layouts, key=lambda lines: min(shape / max(map(len, lines)), 1 / (len(lines) * 1.18)))


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont | None:
    path = next((font for font in FONTS if Path(font).exists()), None)
    return ImageFont.truetype(path, size) if path else None


def _empty(brush: ImageDraw.ImageDraw, box: Box) -> None:
    """Where a face was: an empty frame."""
    brush.rectangle(box, outline=(96, 98, 100), width=6)
    brush.line((box[0], box[1], box[2], box[1] + 24), fill=(96, 98, 100), width=4)


def _bush(brush: ImageDraw.ImageDraw, box: Box, rng: np.random.Generator) -> None:
    for _leaf in range(26):
        x, y = int(rng.integers(box[0] - 30, box[0] + 150)), int(rng.integers(box[1], GROUND_LINE + 20))
        r = int(rng.integers(14, 34))
        brush.ellipse((x - r, y - r, x + r, y + r), fill=(60 + r, 104 + r, 58))


def _as_by_phone(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Light, grain and a little softness."""
    pixels = np.asarray(picture, dtype=np.float32)
    light = float(rng.uniform(0.88, 1.06)) * np.linspace(1.03, 0.95, SIZE[1])[:, None, None]
    grain = rng.normal(0, 3.2, (SIZE[1], SIZE[0], 1))
    return Image.fromarray(np.clip(pixels * light + grain, 0, 255).astype(np.uint8), "RGB")
