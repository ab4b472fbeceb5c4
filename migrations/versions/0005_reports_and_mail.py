"""Reports, who receives them, and the mails that leave.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

from faq_cms.models import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("outgoing_mail", "report", "report_recipient")


def upgrade() -> None:
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("unsubscribe_url", sa.Text(), nullable=False),
        sa.Column("subscription", sa.String(length=80), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sending",
                "sent",
                "refused",
                "uncertain",
                name="mailstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("handed_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column(
            "failure",
            sa.Enum(
                "unreachable",
                "no_encryption",
                "sign_in",
                "sender",
                "recipient",
                "message",
                "no_answer",
                name="mailfailure",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'sending') = (claim IS NOT NULL)",
            name=op.f("ck_outgoing_mail_sending_is_claimed"),
        ),
        sa.CheckConstraint(
            "(state IN ('waiting', 'sending')) = (ended_at IS NULL)",
            name=op.f("ck_outgoing_mail_ended_is_dated"),
        ),
        sa.CheckConstraint(
            "handed_at IS NULL OR state <> 'waiting'",
            name=op.f("ck_outgoing_mail_handed_is_not_waiting"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_outgoing_mail_key")),
    )
    op.create_index(
        op.f("ix_outgoing_mail_state_due_at"), "outgoing_mail", ["state", "due_at"], unique=False
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "cadence",
            sa.Enum(
                "weekly",
                "monthly",
                name="cadence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_report_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("cadence", "first_day", name=op.f("uq_report_cadence_first_day")),
    )
    op.create_table(
        "report_recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column(
            "cadence",
            sa.Enum(
                "weekly",
                "monthly",
                name="cadence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["account.id"], name=op.f("fk_report_recipient_added_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_recipient")),
        sa.UniqueConstraint("address", "cadence", name=op.f("uq_report_recipient_address_cadence")),
        sa.UniqueConstraint("key", name=op.f("uq_report_recipient_key")),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
