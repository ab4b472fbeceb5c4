"""Webhooks, and the notices on their way to them.

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

from faq_cms.models import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_STATES = ("waiting", "sending", "sent", "refused", "uncertain")


def _codes(*codes: str, name: str) -> sa.Enum:
    return sa.Enum(*codes, native_enum=False, create_constraint=True, length=24, name=name)


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column(
            "shape",
            _codes("json", "slack", "teams", name=op.f("ck_webhook_webhookshape")),
            nullable=False,
        ),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("salt", sa.String(length=43), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["account.id"], name=op.f("fk_webhook_created_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "webhook_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column(
            "state", _codes(*_STATES, name=op.f("ck_webhook_call_mailstate")), nullable=False
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('waiting', 'sending')) = (ended_at IS NULL)",
            name=op.f("ck_webhook_call_ended_is_dated"),
        ),
        sa.CheckConstraint(
            "(state = 'sending') = (claim IS NOT NULL)",
            name=op.f("ck_webhook_call_sending_is_claimed"),
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_call_webhook_id")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_webhook_call_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_call")),
        sa.UniqueConstraint(
            "webhook_id", "notice_id", name=op.f("uq_webhook_call_webhook_id_notice_id")
        ),
    )
    op.create_index(op.f("ix_webhook_call_state_due_at"), "webhook_call", ["state", "due_at"])


def downgrade() -> None:
    op.drop_table("webhook_call")
    op.drop_table("webhook")
