"""The answer that says what went wrong must not go wrong itself."""

import pytest


@pytest.mark.one_database
def test_whoever_asks_for_a_host_that_is_not_ours_is_answered_400_and_not_500(client):
    elsewhere = {"base_url": "http://elsewhere.example", "headers": {"Referer": "http://localhost/home"}}
    assert client.get("/sign-in", **elsewhere).status_code == 400
    assert client.post("/sign-in", **elsewhere).status_code == 400
