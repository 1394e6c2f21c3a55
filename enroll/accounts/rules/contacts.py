"""Addresses people can be reached at and sign in with: e-mail, mobile number, user name."""

import re
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from enroll.foundation.masking import mask_email, mask_phone
from enroll.foundation.problems import Problem, problem
from enroll.foundation.text import compared
from enroll.foundation.words import N_

EMAIL, PHONE = "email", "phone"
USERNAME = re.compile(r"[a-z][a-z0-9_.-]{2,39}")
LONGEST_ADDRESS = 254
TAKES_MESSAGES = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


@dataclass(frozen=True)
class Contact:
    """`shown` is what was typed, `key` the spelling that is compared: lower case, or E.164."""

    kind: str
    shown: str
    key: str

    @property
    def masked(self) -> str:
        return mask_phone(self.key) if self.kind == PHONE else mask_email(self.shown)


def read_contact(typed: str, *, phones: bool = True, field: str = "contact") -> Contact | Problem:
    """An e-mail address, or where text messages can be sent a mobile number; a number without + is a Chinese one."""
    if "@" in typed or "\uff20" in typed:
        return _email(typed, field)
    found = phone_key(typed)
    if found is None:
        text = N_("Enter an e-mail address such as name@example.org, or a mobile number; outside the mainland with its "
                  "country code, such as +852 …") if phones else N_("Enter an e-mail address such as name@example.org.")
        return problem("contact_unreadable", text, field=field)
    if not phones:
        return problem("phone_not_offered", N_("Text messages are not offered here. Enter an e-mail address."),
                       field=field)
    return Contact(PHONE, found, found)


def phone_key(typed: str) -> str | None:
    """The E.164 spelling of a number that takes text messages, or None."""
    try:
        number = phonenumbers.parse(compared(typed), "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in TAKES_MESSAGES:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def contact_of_key(key: str) -> Contact:
    """The contact behind a stored key."""
    return Contact(EMAIL if "@" in key else PHONE, key, key)


def username_is_plain(username: str) -> Problem | None:
    if USERNAME.fullmatch(username):
        return None
    return problem("username_unreadable", N_("3 to 40 characters: small letters, digits, dot, hyphen or underscore, "
                                             "beginning with a letter."), field="username")


def _email(typed: str, field: str) -> Contact | Problem:
    try:
        found = validate_email("".join(typed.split()), check_deliverability=False, strict=True)
    except EmailNotValidError:
        return problem("email_unreadable", N_("This is not a whole e-mail address. It looks like name@example.org."),
                       field=field)
    return Contact(EMAIL, found.normalized, found.normalized.lower())
