"""QR codes: as SVG for pages and documents, as PNG where only a picture can be shown."""

import io

import segno

# M restores 15 % of the code: enough for a creased ticket, and small enough to stay readable at 21 mm.
ERROR_LEVEL = "m"


def qr_svg(content: str, *, title: str = "", css_class: str = "qr") -> str:
    """An inline <svg> whose size the stylesheet sets; holds no style attribute, so a strict CSP lets it stand."""
    return segno.make(content, error=ERROR_LEVEL, micro=False).svg_inline(
        omitsize=True, border=2, svgclass=css_class, lineclass=None, title=title or None
    )


def qr_svg_file(content: str) -> bytes:
    """A whole SVG file, without a margin, for a document that leaves its own."""
    out = io.BytesIO()
    segno.make(content, error=ERROR_LEVEL, micro=False).save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue()


def qr_png(content: str, *, scale: int = 8) -> bytes:
    """A black-and-white PNG of `scale` pixels a module, with the margin the standard asks for."""
    out = io.BytesIO()
    segno.make(content, error=ERROR_LEVEL, micro=False).save(out, kind="png", scale=scale, border=4)
    return out.getvalue()
