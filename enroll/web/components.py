"""What the macros in templates/components are given, where more than one package makes it: finished values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tab:
    """For tabs.html: a tab that is a link; `count` None shows no number."""

    label: str
    href: str
    count: int | None
    current: bool


@dataclass(frozen=True)
class EvidenceFile:
    """For evidence.html: one picture for the viewer."""

    key: str
    title: str
    src: str
    alt: str
    download: str = ""
    note: str = ""
