"""Letters against real servers: a mail server of this machine, a text-message provider over HTTP, a folder."""

import email
import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from email import policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.error import HTTPError

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from enroll.notifications import transports
from enroll.notifications.models import Dispatch
from enroll.notifications.notices import Notice
from enroll.notifications.services import write
from enroll.notifications.transports import Folder, Letter, NoTransport, Smtp, TextMessages, transport_for
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from tests.builders.accounts import an_account
from tests.builders.post_office import a_free_port, a_post_office
from tests.conftest import NOON

LETTER = Letter("email", "zhangwei@example.org", "审核通过：202701期", "您的报名审核通过。\n\n第二段。", "key-1")
FROM = "Enroll <enroll@example.org>"


class Post:
    """Keeps what it is given; refuses the first `refusals` letters."""

    def __init__(self, refusals=0, answer="451 try again"):
        self.letters, self.refusals, self.answer = [], refusals, answer

    async def handle_DATA(self, server, connection, envelope):  # noqa: N802 (aiosmtpd's name)
        if self.refusals:
            self.refusals -= 1
            return self.answer
        self.letters.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def read(message):
    return message["Subject"], message.get_content().strip().replace("\r\n", "\n")


def test_a_letter_arrives_whole_in_chinese_with_its_key():
    post = Post()
    with a_post_office(post) as port:
        Smtp(f"smtp://127.0.0.1:{port}", FROM).send(LETTER)
    [arrived] = post.letters
    assert read(arrived) == (LETTER.subject, LETTER.body)
    assert arrived["To"] == LETTER.address
    assert arrived["From"] == FROM
    assert arrived["Message-ID"] == "<key-1@enroll>"
    assert arrived["Auto-Submitted"] == "auto-generated"


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """Of 127.0.0.1's name, believed by this test alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    real_now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(real_now - timedelta(days=1))
        .not_valid_after(real_now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file, key_file = tmp_path / "certificate.pem", tmp_path / "key.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(file, key_file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return server


def only_this_person(server, session, envelope, mechanism, login):
    return AuthResult(success=(login.login, login.password) == (b"enroll", b"p@ss:word"))


def test_starttls_and_login(certificate):
    post = Post()
    how = {"tls_context": certificate, "require_starttls": True, "authenticator": only_this_person,
           "auth_required": True, "auth_exclude_mechanism": ["LOGIN"]}
    with a_post_office(post, **how) as port:
        Smtp(f"smtp+starttls://enroll:p%40ss%3Aword@localhost:{port}", FROM).send(LETTER)
        with pytest.raises(OSError, match="530"):
            Smtp(f"smtp://localhost:{port}", FROM).send(LETTER)
    assert len(post.letters) == 1


def test_tls_from_the_first_byte(certificate):
    post = Post()
    with a_post_office(post, ssl_context=certificate) as port:
        Smtp(f"smtps://localhost:{port}", FROM).send(LETTER)
    assert len(post.letters) == 1


def test_a_server_with_a_strange_certificate_gets_nothing(certificate, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    post = Post()
    with a_post_office(post, tls_context=certificate) as port, pytest.raises(ssl.SSLCertVerificationError):
        Smtp(f"smtp+starttls://localhost:{port}", FROM).send(LETTER)
    assert post.letters == []


def a_letter(app, port):
    app.config.update(MAIL_URL=f"smtp://127.0.0.1:{port}", MAIL_FROM=FROM)
    account = an_account("zhangwei")
    with transaction() as session:
        write(session, Notice(account.id, "x", "accounts/changed", {"what": "enabled"}), NOON)


def sent_at():
    db.session.rollback()
    return db.session.scalars(select(Dispatch.sent_at)).one()


@pytest.mark.parametrize("answer", ["451 busy", "550 no such person"])
def test_a_refused_letter_is_tried_again_and_keeps_its_key(app, answer):
    post = Post(1, answer)
    with a_post_office(post) as port:
        a_letter(app, port)
        outbox.deliver(NOON)
        assert sent_at() is None
        outbox.deliver(NOON + timedelta(minutes=1))
    assert sent_at() == NOON + timedelta(minutes=1)
    [arrived] = post.letters
    key = db.session.scalars(select(Dispatch.message_key)).one()
    assert arrived["Message-ID"] == f"<{key}@enroll>"


def test_a_server_that_is_not_there_or_does_not_answer_is_tried_again(app, monkeypatch):
    monkeypatch.setattr(transports, "PATIENCE", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        a_letter(app, silent.getsockname()[1])
        outbox.deliver(NOON)
    outbox.deliver(NOON + timedelta(minutes=1))
    [delivery] = db.session.scalars(select(outbox.OutboxDelivery)).all()
    assert delivery.attempts == 2
    assert delivery.next_try_at is not None
    assert sent_at() is None


def test_a_crash_after_sending_sends_the_same_key_again(app, monkeypatch):
    post = Post()
    with a_post_office(post) as port:
        a_letter(app, port)
        honest = Smtp.send

        def dies_afterwards(self, letter):
            honest(self, letter)
            raise SystemExit("killed")

        with monkeypatch.context() as patched:
            patched.setattr(Smtp, "send", dies_afterwards)
            with pytest.raises(SystemExit):
                outbox.deliver(NOON)
        outbox.deliver(NOON + outbox.LEASE)
    assert [one["Message-ID"] for one in post.letters] == [post.letters[0]["Message-ID"]] * 2


class Provider(BaseHTTPRequestHandler):
    """A text-message provider: keeps what it is asked, answers with `status`."""

    asked, status = [], 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, dict(self.headers), json.loads(body)))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture
def provider(monkeypatch):
    monkeypatch.setattr(Provider, "asked", [])
    server = HTTPServer(("127.0.0.1", a_free_port()), Provider)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_text_message_speaks_the_providers_language(provider):
    TextMessages(f"http://a%40token@127.0.0.1:{provider}/send").send(
        Letter("sms", "+8613800138000", "注册验证码", "您的验证码是 471100。", "key-2"))
    [(path, headers, body)] = Provider.asked
    assert path == "/send"
    assert headers["Authorization"] == "Bearer a@token"
    assert headers["Idempotency-Key"] == "key-2"
    assert body == {"to": "+8613800138000", "text": "注册验证码\n您的验证码是 471100。", "key": "key-2"}


def test_a_provider_that_refuses_is_an_error_to_try_again(provider, monkeypatch):
    monkeypatch.setattr(Provider, "status", 503)
    with pytest.raises(HTTPError) as refused:
        TextMessages(f"http://127.0.0.1:{provider}/send").send(LETTER)
    refused.value.close()


def test_a_folder_keeps_each_letter_once(tmp_path):
    for _ in range(2):
        Folder(tmp_path / "letters", FROM).send(LETTER)
    [file] = (tmp_path / "letters").iterdir()
    assert read(email.message_from_bytes(file.read_bytes(), policy=policy.default)) == (LETTER.subject, LETTER.body)


def test_without_a_provider_a_letter_waits(app):
    app.config.update(MAIL_URL="", SMS_URL="")
    for channel in ("email", "sms"):
        with pytest.raises(NoTransport):
            transport_for(channel)
