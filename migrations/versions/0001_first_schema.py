"""The first schema: people, articles, versions, votes, tallies, flags, corrections, the clock.

Revision: 0001, after none.
"""

import sqlalchemy as sa
from alembic import op

from faq_cms.models import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "account",
    "category",
    "duty_run",
    "ledger",
    "search_word",
    "sign_in_attempt",
    "api_token",
    "article",
    "audit",
    "import_batch",
    "one_time_link",
    "sign_in_session",
    "counter_snapshot",
    "imported_entry",
    "period",
    "redirect",
    "search_document",
    "view_day",
    "version",
    "correction",
    "tally_day",
    "tally_version",
    "vote",
    "flag",
    "remark",
)


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_key", sa.String(length=160), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "editor",
                "manager",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("password_digest", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.Column("home_seen_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name_key", name=op.f("uq_account_name_key")),
    )
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("slug", sa.String(length=90), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("objective", sa.Double(), nullable=True),
        sa.CheckConstraint("objective > 0 AND objective < 1", name=op.f("ck_category_objective")),
        sa.ForeignKeyConstraint(["parent_id"], ["category.id"], name=op.f("fk_category_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("slug", name=op.f("uq_category_slug")),
    )
    op.create_table(
        "duty_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_run")),
        sa.UniqueConstraint("name", "slot", name=op.f("uq_duty_run_name_slot")),
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
    )
    op.create_table(
        "search_word",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(
        op.f("ix_sign_in_attempt_key_at"), "sign_in_attempt", ["key", "at"], unique=False
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=24), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("last_used_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_api_token_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("live_version_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("internal_note", sa.Text(), nullable=False),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR live_version_id IS NULL",
            name=op.f("ck_article_withdrawn_is_not_live"),
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_article_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["live_version_id", "id"],
            ["version.id", "version.article_id"],
            name="fk_article_live_version",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_article_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("slug", name=op.f("uq_article_slug")),
        sa.UniqueConstraint("uid", name=op.f("uq_article_uid")),
    )
    op.create_index(op.f("ix_article_category_id"), "article", ["category_id"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("object_kind", sa.String(length=24), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_audit_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(
        op.f("ix_audit_object_kind_object_id"), "audit", ["object_kind", "object_id"], unique=False
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_import_batch_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "first_administrator",
                "invitation",
                "recovery",
                name="linkpurpose",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "role",
            sa.Enum(
                "editor",
                "manager",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(purpose = 'recovery') = (account_id IS NOT NULL)",
            name=op.f("ck_one_time_link_recovery_has_account"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_one_time_link_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["account.id"], name=op.f("fk_one_time_link_created_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_one_time_link_digest")),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sign_in_session_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_in_session_digest")),
    )
    op.create_index(
        op.f("ix_sign_in_session_account_id"), "sign_in_session", ["account_id"], unique=False
    )
    op.create_table(
        "counter_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=False),
        sa.Column("unhelpful", sa.Integer(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_counter_snapshot_article_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_snapshot")),
        sa.UniqueConstraint(
            "article_id",
            "source",
            "taken_at",
            name=op.f("uq_counter_snapshot_article_id_source_taken_at"),
        ),
    )
    op.create_table(
        "imported_entry",
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_imported_entry_article_id")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_imported_entry_batch_id")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_imported_entry")),
    )
    op.create_index(
        op.f("ix_imported_entry_article_id"), "imported_entry", ["article_id"], unique=False
    )
    op.create_table(
        "period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_period_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_period_article_id_number")),
        sa.UniqueConstraint("id", "article_id", name=op.f("uq_period_id_article_id")),
    )
    op.create_table(
        "redirect",
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_redirect_article_id")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_redirect")),
    )
    op.create_index(op.f("ix_redirect_article_id"), "redirect", ["article_id"], unique=False)
    op.create_table(
        "search_document",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_search_document_article_id")
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_search_document")),
    )
    op.create_table(
        "view_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("robots", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_view_day_article_id")
        ),
        sa.PrimaryKeyConstraint("day", "article_id", "source", name=op.f("pk_view_day")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("period_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("wordings", sa.JSON(), nullable=False),
        sa.Column(
            "significance",
            sa.Enum(
                "minor",
                "major",
                name="significance",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=True),
        sa.Column("restored_from_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(number IS NULL) = (period_id IS NULL)", name=op.f("ck_version_published_has_period")
        ),
        sa.CheckConstraint(
            "(number IS NULL) = (published_at IS NULL)",
            name=op.f("ck_version_published_is_numbered"),
        ),
        sa.CheckConstraint(
            "(number IS NULL) = (significance IS NULL)",
            name=op.f("ck_version_published_is_weighed"),
        ),
        sa.CheckConstraint("number IS NULL OR number >= 1", name=op.f("ck_version_number")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_version_article_id")),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_version_author_id")),
        sa.ForeignKeyConstraint(["base_id"], ["version.id"], name=op.f("fk_version_base_id")),
        sa.ForeignKeyConstraint(
            ["period_id", "article_id"],
            ["period.id", "period.article_id"],
            name="fk_version_period",
        ),
        sa.ForeignKeyConstraint(
            ["restored_from_id"], ["version.id"], name=op.f("fk_version_restored_from_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_version_article_id_number")),
        sa.UniqueConstraint("id", "article_id", name=op.f("uq_version_id_article_id")),
        sa.UniqueConstraint("id", "period_id", name=op.f("uq_version_id_period_id")),
    )
    op.create_index(
        "uq_version_one_draft",
        "version",
        ["article_id"],
        unique=True,
        sqlite_where=sa.text("number IS NULL"),
        postgresql_where=sa.text("number IS NULL"),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "taken",
                "in_review",
                "observing",
                "improved",
                "unmeasured",
                "nothing_to_fix",
                "withdrawn",
                "reopened",
                name="correctionstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("corrected_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('new', 'taken', 'in_review', 'observing')) = (closed_at IS NULL)",
            name=op.f("ck_correction_closed_is_dated"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('observing', 'improved') OR version_id IS NOT NULL",
            name=op.f("ck_correction_observed_has_version"),
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_correction_article_id")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["account.id"], name=op.f("fk_correction_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["account.id"], name=op.f("fk_correction_taken_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_correction_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(
        "uq_correction_one_listed",
        "correction",
        ["article_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('new', 'taken', 'in_review')"),
        postgresql_where=sa.text("state IN ('new', 'taken', 'in_review')"),
    )
    op.create_index(
        "uq_correction_one_observed",
        "correction",
        ["article_id"],
        unique=True,
        sqlite_where=sa.text("state = 'observing'"),
        postgresql_where=sa.text("state = 'observing'"),
    )
    op.create_table(
        "tally_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=False),
        sa.Column("unhelpful", sa.Integer(), nullable=False),
        sa.Column("off_text", sa.Integer(), nullable=False),
        sa.Column("set_aside", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "helpful >= 0 AND unhelpful >= 0 AND set_aside >= 0 AND off_text >= 0 AND off_text <= unhelpful",
            name=op.f("ck_tally_day_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_tally_day_article_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_tally_day_version_id")
        ),
        sa.PrimaryKeyConstraint(
            "day", "article_id", "version_id", "source", name=op.f("pk_tally_day")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tally_version",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=False),
        sa.Column("unhelpful", sa.Integer(), nullable=False),
        sa.Column("off_text", sa.Integer(), nullable=False),
        sa.Column("set_aside", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "helpful >= 0 AND unhelpful >= 0 AND set_aside >= 0 AND off_text >= 0 AND off_text <= unhelpful",
            name=op.f("ck_tally_version_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_tally_version_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_tally_version")),
    )
    op.create_table(
        "vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("visitor", sa.String(length=32), nullable=True),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "outdated",
                "unclear",
                "incomplete",
                "broken_link",
                "off_topic",
                "disagrees",
                "other",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("off_text", sa.Boolean(), nullable=False),
        sa.Column("set_aside", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cast_at", Instant(), nullable=False),
        sa.Column("import_digest", sa.String(length=64), nullable=True),
        sa.Column("import_row", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(import_digest IS NULL) = (import_row IS NULL)", name=op.f("ck_vote_import_is_whole")
        ),
        sa.CheckConstraint("NOT (off_text AND helpful)", name=op.f("ck_vote_off_text_after_no")),
        sa.CheckConstraint("reason IS NULL OR NOT helpful", name=op.f("ck_vote_reason_after_no")),
        sa.ForeignKeyConstraint(
            ["version_id", "article_id"],
            ["version.id", "version.article_id"],
            name="fk_vote_article",
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "period_id"], ["version.id", "version.period_id"], name="fk_vote_version"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
        sa.UniqueConstraint(
            "import_digest", "import_row", name=op.f("uq_vote_import_digest_import_row")
        ),
        sa.UniqueConstraint("period_id", "visitor", name=op.f("uq_vote_period_id_visitor")),
    )
    op.create_index(op.f("ix_vote_article_id_id"), "vote", ["article_id", "id"], unique=False)
    op.create_table(
        "flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "isolated",
                "confirmed",
                name="flagkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "answered",
                "withdrawn",
                "nothing_to_fix",
                "article_withdrawn",
                name="flagoutcome",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("answered_in_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome <> 'answered' OR answered_in_id IS NOT NULL",
            name=op.f("ck_flag_answered_names_version"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_flag_closed_has_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["answered_in_id"], ["version.id"], name=op.f("fk_flag_answered_in_id")
        ),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_flag_article_id")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["account.id"], name=op.f("fk_flag_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["correction.id"], name=op.f("fk_flag_correction_id")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_flag_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    op.create_index(op.f("ix_flag_correction_id"), "flag", ["correction_id"], unique=False)
    op.create_index(
        "uq_flag_one_open",
        "flag",
        ["article_id", "kind"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("vote_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "answered",
                "no_action",
                "forwarded",
                name="remarkstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("handled_at", Instant(), nullable=True),
        sa.Column("handled_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_in_id", sa.Integer(), nullable=True),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(erased_at IS NULL) OR (text = '')", name=op.f("ck_remark_erased_is_empty")
        ),
        sa.ForeignKeyConstraint(
            ["answered_in_id"], ["version.id"], name=op.f("fk_remark_answered_in_id")
        ),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_remark_article_id")),
        sa.ForeignKeyConstraint(
            ["handled_by_id"], ["account.id"], name=op.f("fk_remark_handled_by_id")
        ),
        sa.ForeignKeyConstraint(["vote_id"], ["vote.id"], name=op.f("fk_remark_vote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
        sa.UniqueConstraint("reference", name=op.f("uq_remark_reference")),
    )
    op.create_index(op.f("ix_remark_article_id"), "remark", ["article_id"], unique=False)
    op.create_index(
        op.f("ix_remark_state_received_at"), "remark", ["state", "received_at"], unique=False
    )
    op.create_index(op.f("ix_remark_vote_id"), "remark", ["vote_id"], unique=False)
    # Articles and versions point at each other: SQLite wrote this key with the table, PostgreSQL
    # waits until both tables stand.
    if op.get_bind().dialect.name != "sqlite":
        op.create_foreign_key(
            "fk_article_live_version",
            "article",
            "version",
            ["live_version_id", "id"],
            ["id", "article_id"],
        )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE search_index USING fts5(title, body, prefix='2 3')")
    else:
        op.execute(
            "CREATE INDEX ix_search_document_words ON search_document USING gin ("
            "(setweight(to_tsvector('simple'::regconfig, title), 'A')"
            " || setweight(to_tsvector('simple'::regconfig, body), 'D')))"
        )
    op.execute("INSERT INTO ledger (id, revision, content) VALUES (1, 0, 0)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    else:
        op.drop_constraint("fk_article_live_version", "article", type_="foreignkey")
    for table in reversed(TABLES):
        op.drop_table(table)
