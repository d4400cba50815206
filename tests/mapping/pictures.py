"""Small pictures to send."""

from io import BytesIO

from PIL import Image


def jpeg(colour: str = "red") -> bytes:
    """A JPEG of a few pixels."""
    out = BytesIO()
    Image.new("RGB", (32, 24), colour).save(out, "JPEG")
    return out.getvalue()
