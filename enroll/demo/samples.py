"""Small real files of each kind a practical task asks for: what the learners of the demo hand in."""

from datetime import datetime
from functools import lru_cache
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from enroll.documents.sheets import Column, write_xlsx

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
KINDS = ("pdf", "docx", "xlsx", "pptx", "csv", "mp4", "zip")
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x08free"


def sample(kind: str, title: str, made_at: datetime, *, by: str) -> bytes:
    """A file of this kind (pdf, docx, xlsx, pptx, csv, mp4, png…) about this title; `by` is who made it: two
    people hand in the same file only where a story says so."""
    if kind == "pdf":
        return PDF + f"% {by}\n".encode()
    if kind == "mp4":
        return MP4 + (8 + len(by.encode())).to_bytes(4, "big") + b"free" + by.encode()
    if kind == "xlsx":
        return _signed(_sheet(made_at.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)), by)
    if kind in {"docx", "pptx", "zip"}:
        return _signed(_office(kind), by)
    return f"项目,数值\n{title},1\n合计,1\n{by},\n".encode()


def _signed(archive: bytes, by: str) -> bytes:
    """The same archive with a name in its comment."""
    out = BytesIO(archive)
    with ZipFile(out, "a") as known:
        known.comment = by.encode()
    return out.getvalue()


@lru_cache(maxsize=1)
def _sheet(made_at: datetime) -> bytes:
    rows = [("示例资料一", "https://example.org/1"), ("示例资料二", "https://example.org/2")]
    return write_xlsx([Column("来源", 30), Column("地址", 40)], rows, sheet_title="来源清单", dated=made_at)


@lru_cache(maxsize=16)
def _office(kind: str) -> bytes:
    part = {"docx": "word/document.xml", "pptx": "ppt/presentation.xml"}.get(kind, "readme.txt")
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>")
        archive.writestr(part, "<document>演示作业，仅供演示</document>")
    return out.getvalue()
