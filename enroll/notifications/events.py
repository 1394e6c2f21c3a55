"""What notifications tell themselves: a message waits to leave the house."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DispatchQueued:
    dispatch_id: int
