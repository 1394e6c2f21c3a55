"""Pages of long lists; the asking itself stands in storage, where queries may use it."""

from enroll.storage.paging import PAGE_SIZE, Page, page_by_id

__all__ = ["PAGE_SIZE", "Page", "page_by_id"]
