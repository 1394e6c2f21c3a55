"""A server does not start on settings that are weak, missing or of an unknown kind, and says which."""

import pytest

import config

GOOD_KEY = "0" * 43 + "="  # the same in every process of a run
GOOD = {
    "SECRET_KEY": "0123456789 0123456789 0123456789", "FIELD_KEYS": GOOD_KEY,
    "BASE_URL": "https://enroll.example.org/", "MAIL_URL": "smtp://localhost", "MAIL_FROM": "enroll@example.org",
    "SMS_URL": "https://token@sms.example.org/send", "DATABASE_URL": "postgresql+psycopg://enroll@/enroll",
}


def wrong(**changes):
    return config.wrong_settings(config.settings(GOOD | changes))


def test_good_settings_start_a_server():
    made = config.checked(config.settings(GOOD))
    assert made["BASE_URL"] == "https://enroll.example.org"
    assert made["TRUSTED_HOSTS"] == ["enroll.example.org"]
    assert made["INSECURE_COOKIES"] is False
    assert made["DEMO"] is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""), ("SECRET_KEY", "secret"), ("SECRET_KEY", "x" * 31), ("FIELD_KEYS", ""),
        ("FIELD_KEYS", "not a key"), ("FIELD_KEYS", f"{GOOD_KEY},short"),
        ("BASE_URL", "http://enroll.example.org"), ("DATABASE_URL", "mysql://localhost/enroll"),
        ("DATABASE_URL", "postgresql://localhost/enroll"), ("MAIL_URL", "http://mail.example.org"),
        ("MAIL_FROM", ""), ("SMS_URL", "http://sms.example.org"), ("FONT_DIR", "/nowhere"),
    ],
)  # fmt: skip
def test_each_wrong_setting_is_named(name, value):
    assert [line.split(":")[0] for line in wrong(**{name: value})] == [name]
    with pytest.raises(config.SettingIsWrong, match=name):
        config.checked(config.settings(GOOD | {name: value}))


@pytest.mark.parametrize("text", ["two", "-1", "1.5", ""])
def test_proxies_are_counted_in_whole_numbers(text):
    with pytest.raises(config.SettingIsWrong, match="PROXIES"):
        config.settings(GOOD | {"PROXIES": text})


def test_every_fault_is_named_at_once():
    assert len(wrong(SECRET_KEY="", FIELD_KEYS="", BASE_URL="http://enroll.example.org")) == 3


def test_the_demo_brings_settings_of_its_own(tmp_path):
    made = config.checked(config.demo_settings(tmp_path))
    assert made["DEMO"] is True
    assert str(tmp_path) in made["UPLOAD_DIR"]
    assert made["MAIL_URL"].startswith(f"folder:{tmp_path}")


def test_only_the_demo_is_here_where_nothing_else_was_set_up(tmp_path):
    assert not config.only_the_demo_is_here(tmp_path, {})
    (tmp_path / "demo.db").touch()
    assert config.only_the_demo_is_here(tmp_path, {})
    assert not config.only_the_demo_is_here(tmp_path, {"DATABASE_URL": "sqlite:///other.db"})
    (tmp_path / "enroll.db").touch()
    assert not config.only_the_demo_is_here(tmp_path, {})
