"""Ground: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import SealedText, UtcMoment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("outbox_entry", "account_move", "audit_entry")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("opened_at", UtcMoment(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('unconfirmed', 'active', 'disabled')", name=op.f("ck_account_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email_key", name=op.f("uq_account_email_key")),
        sa.UniqueConstraint("phone", name=op.f("uq_account_phone")),
        sa.UniqueConstraint("reference", name=op.f("uq_account_reference")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_index("ix_account_name", "account", ["name"], unique=False, postgresql_ops={"name": "text_pattern_ops"})
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "counter",
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last IS NULL OR typeof(last) = 'integer'", name=op.f("ck_counter_last_is_integer")).ddl_if(
            dialect="sqlite"
        ),
        sa.CheckConstraint("last BETWEEN 0 AND 999999999", name=op.f("ck_counter_last_range")),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_counter")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("actor", "key", name=op.f("uq_idempotency_key_actor_key")),
    )
    op.create_index(op.f("ix_idempotency_key_at"), "idempotency_key", ["at"], unique=False)
    op.create_table(
        "job_trouble",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", UtcMoment(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "failures IS NULL OR typeof(failures) = 'integer'", name=op.f("ck_job_trouble_failures_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("failures BETWEEN 1 AND 2000000000", name=op.f("ck_job_trouble_failures_range")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_trouble")),
    )
    op.create_table(
        "outbox_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=80), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("happened_at", UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_entry")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("network_address", sa.String(length=45), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(
        "ix_sign_in_attempt_from",
        "sign_in_attempt",
        ["network_address", "at"],
        unique=False,
        sqlite_where=sa.text("NOT succeeded"),
        postgresql_where=sa.text("NOT succeeded"),
    )
    op.create_index("ix_sign_in_attempt_recent", "sign_in_attempt", ["name_hash", "at"], unique=False)
    op.create_table(
        "worker_beat",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_beat")),
    )
    op.create_table(
        "account_move",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("made_at", UtcMoment(), nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_account_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["account.id"], name=op.f("fk_account_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_move")),
    )
    op.create_index(op.f("ix_account_move_record_id"), "account_move", ["record_id"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("act", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name=op.f("fk_audit_entry_actor_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_act"), "audit_entry", ["act"], unique=False)
    op.create_index(op.f("ix_audit_entry_actor_id"), "audit_entry", ["actor_id"], unique=False)
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index(op.f("ix_audit_entry_learner_id"), "audit_entry", ["learner_id"], unique=False)
    op.create_index(op.f("ix_audit_entry_subject"), "audit_entry", ["subject"], unique=False)
    op.create_table(
        "confirmation_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_at", UtcMoment(), nullable=False),
        sa.Column("expires_at", UtcMoment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcMoment(), nullable=True),
        sa.CheckConstraint(
            "attempts IS NULL OR typeof(attempts) = 'integer'", name=op.f("ck_confirmation_code_attempts_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "purpose IN ('confirm', 'recover', 'change', 'guardian')", name=op.f("ck_confirmation_code_purpose_known")
        ),
        sa.CheckConstraint("attempts BETWEEN 0 AND 100", name=op.f("ck_confirmation_code_attempts_range")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_confirmation_code_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_code")),
    )
    op.create_index(op.f("ix_confirmation_code_account_id"), "confirmation_code", ["account_id"], unique=False)
    op.create_index("ix_confirmation_code_sent", "confirmation_code", ["address", "sent_at"], unique=False)
    op.create_table(
        "outbox_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("handler", sa.String(length=80), nullable=False),
        sa.Column("slow", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcMoment(), nullable=True),
        sa.Column("delivered_at", UtcMoment(), nullable=True),
        sa.Column("dead_at", UtcMoment(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["outbox_entry.id"], name=op.f("fk_outbox_delivery_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_delivery")),
        sa.UniqueConstraint("entry_id", "handler", name=op.f("uq_outbox_delivery_entry_id_handler")),
    )
    op.create_index(op.f("ix_outbox_delivery_entry_id"), "outbox_delivery", ["entry_id"], unique=False)
    op.create_index(op.f("ix_outbox_delivery_next_try_at"), "outbox_delivery", ["next_try_at"], unique=False)
    op.create_table(
        "outbox_secret",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("value", SealedText(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["outbox_entry.id"], name=op.f("fk_outbox_secret_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "field", name=op.f("pk_outbox_secret")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("from_at", UtcMoment(), nullable=False),
        sa.Column("until_at", UtcMoment(), nullable=True),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "role IN ('learner', 'adviser', 'trainer', 'reviewer', 'review_lead', 'exam_officer', 'finance', 'result_maker', 'result_checker', 'issuance_reviewer', 'body_liaison', 'auditor', 'administrator')",
            name=op.f("ck_role_grant_role_known"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["account.id"], name=op.f("fk_role_grant_granted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_account_id"), "role_grant", ["account_id"], unique=False)
    op.create_index(
        "ix_role_grant_of_staff",
        "role_grant",
        ["account_id"],
        unique=False,
        sqlite_where=sa.text("role <> 'learner'"),
        postgresql_where=sa.text("role <> 'learner'"),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("stored_at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "size IS NULL OR typeof(size) = 'integer'", name=op.f("ck_stored_file_size_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("size BETWEEN 0 AND 536870912", name=op.f("ck_stored_file_size_range")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_stored_file_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("token", name=op.f("uq_stored_file_token")),
    )
    op.create_index(op.f("ix_stored_file_owner_id"), "stored_file", ["owner_id"], unique=False)
    op.create_index(op.f("ix_stored_file_sha256"), "stored_file", ["sha256"], unique=False)
    op.create_table(
        "web_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", UtcMoment(), nullable=False),
        sa.Column("seen_at", UtcMoment(), nullable=False),
        sa.Column("ended_at", UtcMoment(), nullable=True),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("network_address", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_web_session_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_web_session_token_hash")),
    )
    op.create_index(op.f("ix_web_session_account_id"), "web_session", ["account_id"], unique=False)
    op.create_table(
        "staged_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", UtcMoment(), nullable=False),
        sa.Column("applied_by_id", sa.Integer(), nullable=True),
        sa.Column("applied_at", UtcMoment(), nullable=True),
        sa.Column("abandoned_at", UtcMoment(), nullable=True),
        sa.CheckConstraint(
            "row_count IS NULL OR typeof(row_count) = 'integer'", name=op.f("ck_staged_import_row_count_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("row_count BETWEEN 0 AND 200000", name=op.f("ck_staged_import_row_count_range")),
        sa.ForeignKeyConstraint(["applied_by_id"], ["account.id"], name=op.f("fk_staged_import_applied_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_staged_import_file_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["account.id"], name=op.f("fk_staged_import_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_import")),
        sa.UniqueConstraint("token", name=op.f("uq_staged_import_token")),
    )
    op.create_index(
        "uq_staged_import_applied",
        "staged_import",
        ["kind", "sha256"],
        unique=True,
        sqlite_where=sa.text("applied_at IS NOT NULL"),
        postgresql_where=sa.text("applied_at IS NOT NULL"),
    )
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("staged_import")
    op.drop_table("web_session")
    op.drop_table("stored_file")
    op.drop_table("role_grant")
    op.drop_table("outbox_secret")
    op.drop_table("outbox_delivery")
    op.drop_table("confirmation_code")
    op.drop_table("audit_entry")
    op.drop_table("account_move")
    op.drop_table("worker_beat")
    op.drop_table("sign_in_attempt")
    op.drop_table("outbox_entry")
    op.drop_table("job_trouble")
    op.drop_table("idempotency_key")
    op.drop_table("counter")
    op.drop_table("audit_head")
    op.drop_table("account")
