"""Pages of long lists; the asking itself stands in storage, where queries may use it."""

from enroll.storage.paging import PAGE_SIZE, Page, page_by_id

<<<<<<< HEAD
__all__ = ["PAGE_SIZE", "Page", "page_by_id"]
=======
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

Row = TypeVar("Row")
PAGE_SIZE = 30


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page, and the keys that lead on: `after` for the next page, None where there is none."""

    rows: Sequence[Row]
    after: int | None
    before: int | None


def page_by_id(
    session: Session, wanted: Select[Row], key: InstrumentedAttribute[int], *, after: int | None,
    descending: bool = True, size: int = PAGE_SIZE,
) -> Page[Row]:
    """One page of rows ordered by a unique integer key, newest first unless told. `after` is the last key seen."""
    if after is not None:
        wanted = wanted.where(key < after if descending else key > after)
    ordered = wanted.order_by(None).order_by(key.desc() if descending else key.asc()).limit(size + 1)
    rows = session.scalars(ordered).all()
    shown = rows[:size]
    more = len(rows) > size
    return Page(shown, getattr(shown[-1], key.key) if more else None, after)
>>>>>>> 3816151 (accounts: Serve the pages of signing in, recovery, one's own account, and roles)
