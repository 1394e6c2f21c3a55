"""The two kinds of batches by name: each module says who waits, what is told, and what an answer does."""

from types import ModuleType

from enroll.exchange.rules.batches import BatchKind
from enroll.exchange.services import issuance, registration

KINDS: dict[BatchKind, ModuleType] = {BatchKind.REGISTRATION: registration, BatchKind.ISSUANCE: issuance}
