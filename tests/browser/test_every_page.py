"""The pages that everybody may open: whole, readable and without barriers, from a small phone to a desk."""

import pytest

from tests.browser.conftest import look_over

pytestmark = pytest.mark.browser

PUBLIC = ["/nothing-here"]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_keeps_nobody_out(open_page, path):
    look_over(open_page(path))


def test_pages_are_read_in_english_too(open_page):
    page = open_page("/nothing-here", language="en-GB")
    assert page.locator("html").get_attribute("lang") == "en"
    look_over(page)
