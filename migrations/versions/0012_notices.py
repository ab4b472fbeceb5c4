"""What each person of the team is told, where they want it, and their digest by e-mail.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

from faq_cms.models import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KINDS = ("confirmed", "assigned", "review", "late", "burst", "missed")


def _codes(*codes: str, name: str) -> sa.Enum:
    return sa.Enum(*codes, native_enum=False, create_constraint=True, length=24, name=name)


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", _codes(*_KINDS, name=op.f("ck_notice_noticekind")), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("flag_id", sa.Integer(), nullable=True),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_notice_article_id")),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_notice_flag_id")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_notice_review_id")),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["correction.id"], name=op.f("fk_notice_correction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    op.create_index(op.f("ix_notice_at"), "notice", ["at"])
    op.create_table(
        "told",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.Column("mailed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_told_notice_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_told_account_id")),
        sa.PrimaryKeyConstraint("notice_id", "account_id", name=op.f("pk_told")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_told_unread",
        "told",
        ["account_id"],
        sqlite_where=sa.text("seen_at IS NULL"),
        postgresql_where=sa.text("seen_at IS NULL"),
    )
    op.create_table(
        "notice_choice",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", _codes(*_KINDS, name=op.f("ck_notice_choice_noticekind")), nullable=False
        ),
        sa.Column("in_application", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notice_choice_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "kind", name=op.f("pk_notice_choice")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "digest_address",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column(
            "rhythm",
            _codes("daily", "weekly", name=op.f("ck_digest_address_rhythm")),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_digest_address_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_digest_address")),
        sa.UniqueConstraint("key", name=op.f("uq_digest_address_key")),
    )


def downgrade() -> None:
    for table in ("digest_address", "notice_choice", "told", "notice"):
        op.drop_table(table)
