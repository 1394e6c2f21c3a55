"""The page that says what went wrong must not go wrong itself."""

import pytest


@pytest.mark.one_database
def test_a_form_sent_to_a_host_that_is_not_ours_is_answered_400_and_not_500(client):
    answer = client.post("/sign-in", base_url="http://elsewhere.example", headers={"Referer": "http://localhost/home"})
    assert answer.status_code == 400
