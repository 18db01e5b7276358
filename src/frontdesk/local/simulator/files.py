"""Files on the wire: uploads as multipart or raw, kept in memory and served at an address."""

import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from frontdesk.local.simulator.fields import BadCall
from frontdesk.local.simulator.state import File, Simulator, new_id

LARGEST = 100 * 1024 * 1024
KEPT = 20
"""Files, the newest."""
BOUNDARY = re.compile(r'^multipart/form-data;.*boundary="?([^";]{1,70})"?', re.IGNORECASE)
NAME = re.compile(r'[; ]name="([^"]*)"')
FILE_NAME = re.compile(r'filename="([^"]*)"')
TYPE = re.compile(r"^content-type: *([\w.+/-]+)", re.IGNORECASE | re.MULTILINE)
ANY_TYPE = "application/octet-stream"


class TooLarge(Exception):
    """More than the 100 MB that GREEN-API takes"""


async def bounded_body(request: Request) -> bytes:
    """At most LARGEST bytes, however they come."""
    taken = bytearray()
    async for piece in request.stream():
        taken += piece
        if len(taken) > LARGEST:
            raise TooLarge
    return bytes(taken)


def read_form(content_type: str, body: bytes) -> tuple[Mapping[str, str], File]:
    """The fields of a multipart body, and its file."""
    found = BOUNDARY.match(content_type)
    if found is None:
        raise BadCall("body is not multipart/form-data")
    texts: dict[str, str] = {}
    file = None
    for part in (b"\r\n" + body).split(f"\r\n--{found[1]}".encode())[1:-1]:
        raw, _, content = part.partition(b"\r\n\r\n")
        head = raw.decode(errors="replace")
        named, uploaded, kind = (pattern.search(head) for pattern in (NAME, FILE_NAME, TYPE))
        if uploaded:
            file = File(content, kind[1] if kind else ANY_TYPE)
            texts.setdefault("fileName", uploaded[1])
        elif named:
            texts[named[1]] = content.decode(errors="replace")
    if file is None:
        raise BadCall("'file' is required")
    return texts, file


def keep(simulator: Simulator, file: File) -> str:
    """Gives its path under the simulator's own address."""
    name = new_id("F")
    simulator.files[name] = file
    while len(simulator.files) > KEPT:
        del simulator.files[next(iter(simulator.files))]
    return f"files/{name}"


async def serve_file(request: Request) -> Response:
    """To whoever knows the address, as the vendor's links are (green-api.md 5)."""
    simulator: Simulator = request.app.state.simulator
    file = simulator.files.get(request.path_params["name"])
    if file is None:
        return Response(status_code=404)
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return Response(file.content, media_type=file.media_type, headers=headers)
