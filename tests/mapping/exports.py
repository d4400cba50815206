"""What the tests of exports share: taking one as a user, and the file that comes."""

from pathlib import Path

from django.http import StreamingHttpResponse
from django.test import Client


def taken(client: Client, address: str, folder: Path) -> Path:
    """The file at an address, saved under the name it has for a computer that knows no Chinese."""
    response = client.get(address)
    assert response.status_code == 200, response.content
    name = address.partition("?")[0].rpartition("/")[2]
    path = folder / name
    path.write_bytes(response.getvalue())
    return path


def hung_up(response: StreamingHttpResponse) -> None:
    """Have the reader go: what Django does then, but for the end of the request, which ends a connection."""
    for let_go in response._resource_closers:
        let_go()
