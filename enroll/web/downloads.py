"""Files leave the house as attachments under their own name, in a sandbox, never guessed at by the browser."""

from urllib.parse import quote

from flask import Response, send_file
from werkzeug.wrappers import Response as BaseResponse

from enroll.storage.files import FileIsWrong, StoredFile, path_of, read_file
from enroll.web.headers import SANDBOX

SHOWN_INLINE = {"image/jpeg", "image/png", "image/svg+xml", "application/pdf"}


def send_stored(stored: StoredFile, *, inline: bool = False, name: str = "") -> BaseResponse:
    """A stored file for somebody who may have it (the view has asked). Raises FileIsWrong."""
    return send_bytes(read_file(stored), media_type=stored.media_type, name=name or stored.name, inline=inline)


def send_media(stored: StoredFile) -> BaseResponse:
    """A video with range requests, so that phones can seek and resume. Raises FileIsWrong."""
    path = path_of(stored)
    if not path.is_file():
        raise FileIsWrong(stored.token)
    response = send_file(path, mimetype=stored.media_type, conditional=True)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def send_large(stored: StoredFile) -> BaseResponse:
    """An upload that was kept unsealed, as an attachment, never whole in memory; it can be resumed."""
    response = send_media(stored)
    response.headers["Content-Disposition"] = _disposition("attachment", stored.name)
    return response


def send_bytes(content: bytes, *, media_type: str, name: str, inline: bool = False) -> Response:
    response = Response(content, mimetype=media_type)
    kind = "inline" if inline and media_type in SHOWN_INLINE else "attachment"
    response.headers["Content-Disposition"] = _disposition(kind, name)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _disposition(kind: str, name: str) -> str:
    fallback = "".join(character if (character.isascii() and character.isalnum()) or character in ".-_" else "_"
                       for character in name) or "file"
    return f"{kind}; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"
