"""Every table, constraint and enumeration, in the order of the story.

people → article → version → vote → tally → flag → correction → the clock and the imports.
No queries and no save hooks: invariants are constraints (UNIQUE, CHECK, FOREIGN KEY) wherever
SQL can say them. Every instant is UTC (`Instant`); a `day` is the civil date in Europe/Paris.
"""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[dt.datetime]):
    """A point in time: aware in Python, UTC in both engines. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        moment: dt.datetime = value
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def _codes(enumeration: type[StrEnum]) -> Enum:
    """The column type of an enumeration: its codes as text, held by a CHECK on both engines."""
    return Enum(
        enumeration,
        native_enum=False,
        create_constraint=True,
        length=24,
        name=enumeration.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 — SQLAlchemy's own way to say it
        dt.datetime: Instant,
        dt.date: Date,
        str: Text,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[int]: JSON,
    }


def _found_by(column: str) -> Index:
    """An index PostgreSQL alone has: on SQLite it would make the rows of a day much longer to write.

    There, who deletes many texts has one made for that time (`db.found_by`).
    """
    return Index(None, column).ddl_if(dialect="postgresql")


# -- people --------------------------------------------------------------------------------------


class Role(StrEnum):
    """What a person may do; see `people.MAY`."""

    VIEWER = "viewer"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Account(Base):
    """A person who signs in. Never deleted, only disabled: history keeps its authors."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(160), unique=True)  # folded: one Zoé only
    role: Mapped[Role] = mapped_column(_codes(Role))
    password_digest: Mapped[str]
    created_at: Mapped[dt.datetime]
    disabled_at: Mapped[dt.datetime | None]
    home_seen_at: Mapped[dt.datetime | None]  # « depuis ma dernière visite » on Aujourd’hui


class LinkPurpose(StrEnum):
    """Why a one-time link was made."""

    FIRST_ADMINISTRATOR = "first_administrator"
    INVITATION = "invitation"
    RECOVERY = "recovery"


class OneTimeLink(Base):
    """A link that lets one person in once. Only its digest is stored."""

    __tablename__ = "one_time_link"
    __table_args__ = (
        CheckConstraint(
            "(purpose = 'recovery') = (account_id IS NOT NULL)", name="recovery_has_account"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(_codes(LinkPurpose))
    role: Mapped[Role] = mapped_column(_codes(Role))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class SignInSession(Base):
    """A signed-in browser. The cookie holds a random value; here is its digest."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]


class SignInAttempt(Base):
    """A failed sign-in, kept for the throttle only (digests, short retention)."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]

    __table_args__ = (Index(None, "key", "at"),)


class ApiToken(Base):
    """Access for a machine (*accès machine*). Shown once; its digest is stored."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    scope: Mapped[str] = mapped_column(String(24))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    last_used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]


class Audit(Base):
    """Who changed what, when. Append-only; texts of readers are never copied here."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(24))
    object_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]]

    __table_args__ = (Index(None, "object_kind", "object_id"),)


class Ledger(Base):
    """One row of three counters, by which what was computed is known to be still true.

    `revision` moves with every vote, remark, flag and publication: cached figures are keyed by it.
    `content` moves only with what the public reads: kept pages are keyed by that one.
    `closed` moves only with the votes of closed days: what was added up over them is keyed by it.
    """

    __tablename__ = "ledger"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int]
    content: Mapped[int]
    closed: Mapped[int] = mapped_column(server_default="0")


# -- articles and versions -----------------------------------------------------------------------


class Category(Base):
    """Where an article is filed, and what share of helpful votes is expected there."""

    __tablename__ = "category"
    __table_args__ = (CheckConstraint("objective > 0 AND objective < 1", name="objective"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    slug: Mapped[str] = mapped_column(String(90), unique=True)
    position: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    objective: Mapped[float | None]  # None: the default of `helpfulness`


class CategoryRedirect(Base):
    """The address of a category merged into another; it leads there."""

    __tablename__ = "category_redirect"

    slug: Mapped[str] = mapped_column(String(90), primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)


class Article(Base):
    """One question of the FAQ through its whole life; its texts are versions.

    `uid` is the identity channels keep when the address changes. `live_version_id` says what the
    public reads; None means not published. "Has a draft", "latest" are derived.
    """

    __tablename__ = "article"
    __table_args__ = (
        # The live version is one of the article's own.
        ForeignKeyConstraint(
            ["live_version_id", "id"],
            ["version.id", "version.article_id"],
            name="fk_article_live_version",
            use_alter=True,
        ),
        CheckConstraint(
            "withdrawn_at IS NULL OR live_version_id IS NULL", name="withdrawn_is_not_live"
        ),
    )

    # Said aloud because the composite key above makes SQLAlchemy doubt it.
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    live_version_id: Mapped[int | None]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]  # last change of what goes out: text, address, category, tags
    withdrawn_at: Mapped[dt.datetime | None]
    review_on: Mapped[dt.date | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    internal_note: Mapped[str] = mapped_column(default="")
    saves: Mapped[int] = mapped_column(default=0)  # of all its drafts: no revision comes back

    category: Mapped[Category | None] = relationship()
    live_version: Mapped["Version | None"] = relationship(
        primaryjoin="Article.live_version_id == Version.id",
        foreign_keys="Article.live_version_id",
        viewonly=True,
    )


class ArticleTag(Base):
    """A word an article is found by, as it is written and as it is compared (`key`, folded)."""

    __tablename__ = "article_tag"
    __table_args__ = (Index(None, "key"), {"sqlite_with_rowid": False})

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))


class Redirect(Base):
    """An address an article once had; it still leads to it."""

    __tablename__ = "redirect"

    slug: Mapped[str] = mapped_column(String(120), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)


class Period(Base):
    """A measuring period: the stretch of versions whose votes are counted together."""

    __tablename__ = "period"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        UniqueConstraint("id", "article_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    number: Mapped[int]
    opened_at: Mapped[dt.datetime]


class Significance(StrEnum):
    """« Que change cette version ? » — whether the measuring period goes on or starts anew."""

    MINOR = "minor"
    MAJOR = "major"


class Version(Base):
    """A text of an article. Without number it is the draft (at most one); numbered, it is immutable.

    `revision` is the article's count of saves at the last one: a save names the revision it saw, so
    that a stale one is refused, even over a draft thrown away and begun again. `base_id` is the version the draft started from, `restored_from_id` the one it copies.
    """

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        UniqueConstraint("id", "article_id"),
        UniqueConstraint("id", "period_id"),
        ForeignKeyConstraint(
            ["period_id", "article_id"],
            ["period.id", "period.article_id"],
            name="fk_version_period",
        ),
        CheckConstraint("(number IS NULL) = (published_at IS NULL)", name="published_is_numbered"),
        CheckConstraint("(number IS NULL) = (period_id IS NULL)", name="published_has_period"),
        CheckConstraint("(number IS NULL) = (significance IS NULL)", name="published_is_weighed"),
        CheckConstraint("number IS NULL OR number >= 1", name="number"),
        Index(
            "uq_version_one_draft",
            "article_id",
            unique=True,
            sqlite_where=text("number IS NULL"),
            postgresql_where=text("number IS NULL"),
        ),
        # A draft thrown away is looked for in what could be made from it.
        Index(
            "ix_version_base_id",
            "base_id",
            sqlite_where=text("base_id IS NOT NULL"),
            postgresql_where=text("base_id IS NOT NULL"),
        ),
        Index(
            "ix_version_restored_from_id",
            "restored_from_id",
            sqlite_where=text("restored_from_id IS NOT NULL"),
            postgresql_where=text("restored_from_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    number: Mapped[int | None]
    period_id: Mapped[int | None]
    question: Mapped[str]
    answer: Mapped[str]
    wordings: Mapped[list[str]]
    significance: Mapped[Significance | None] = mapped_column(_codes(Significance))
    note: Mapped[str] = mapped_column(default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    author: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[dt.datetime]
    saved_at: Mapped[dt.datetime]
    published_at: Mapped[dt.datetime | None]
    revision: Mapped[int]
    base_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    restored_from_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))


class ReviewState(StrEnum):
    """Where a colleague's reading of a draft (*relecture*) stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    CANCELLED = "cancelled"


class Review(Base):
    """A draft given to a colleague to read, and what they decided. At most one is under way.

    `revision` is the text that was asked about, then the one that was decided on: an approval says
    nothing of what is typed later.
    """

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("(state = 'requested') = (decided_at IS NULL)", name="decided_is_dated"),
        Index(None, "version_id"),
        Index(
            "uq_review_one_requested",
            "article_id",
            unique=True,
            sqlite_where=text("state = 'requested'"),
            postgresql_where=text("state = 'requested'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    state: Mapped[ReviewState] = mapped_column(_codes(ReviewState))
    revision: Mapped[int]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[dt.datetime]
    request: Mapped[str] = mapped_column(default="")  # what the author wants looked at
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # None: whoever may
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[dt.datetime | None]
    comment: Mapped[str] = mapped_column(default="")


class ReviewNote(Base):
    """A colleague's comment on a draft (*note de relecture*), until somebody ticks it off."""

    __tablename__ = "review_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    author: Mapped[str] = mapped_column(String(80))
    at: Mapped[dt.datetime]
    text: Mapped[str]
    resolved_at: Mapped[dt.datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class PlannedAction(StrEnum):
    """What the clock will do to an article."""

    PUBLISH = "publish"
    WITHDRAW = "withdraw"


class PlanOutcome(StrEnum):
    """How a plan ended."""

    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Plan(Base):
    """A publication or withdrawal to come, run once by whichever server wakes first.

    A publication names the draft's revision: the text that was seen is the text that goes out.
    """

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended_has_outcome"),
        CheckConstraint(
            "(action = 'publish') = (revision IS NOT NULL)", name="publication_names_text"
        ),
        CheckConstraint(
            "(action = 'publish') = (significance IS NOT NULL)", name="publication_is_weighed"
        ),
        Index(
            "uq_plan_one_pending",
            "article_id",
            "action",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        Index(
            "ix_plan_pending_due",
            "due_at",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    action: Mapped[PlannedAction] = mapped_column(_codes(PlannedAction))
    due_at: Mapped[dt.datetime]
    revision: Mapped[int | None]
    significance: Mapped[Significance | None] = mapped_column(_codes(Significance))
    note: Mapped[str] = mapped_column(default="")
    answered_remarks: Mapped[list[int]]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    outcome: Mapped[PlanOutcome | None] = mapped_column(_codes(PlanOutcome))
    failure: Mapped[str] = mapped_column(default="")  # the French sentence of what went wrong


class Presence(Base):
    """Who has an article open in the editor, as last heard. Only for colleagues' eyes; short-lived."""

    __tablename__ = "presence"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 — SQLAlchemy's own way to say it

    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    seen_at: Mapped[dt.datetime]
    typed_at: Mapped[dt.datetime | None]  # when they last saved something


class SynonymSet(Base):
    """Words that mean the same to readers (domiciliation = prélèvement): search treats them as one."""

    __tablename__ = "synonym_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[list[str]]
    updated_at: Mapped[dt.datetime]


class SearchDocument(Base):
    """What is searched of a published article: folded words and their stems, derived, disposable.

    SQLite keeps a full-text index of these rows in `search_index`, PostgreSQL an index below.
    """

    __tablename__ = "search_document"
    __table_args__ = (
        Index(
            "ix_search_document_words",
            text(
                "(setweight(to_tsvector('simple'::regconfig, title), 'A')"
                " || setweight(to_tsvector('simple'::regconfig, body), 'D'))"
            ),
            postgresql_using="gin",
        ).ddl_if(dialect="postgresql"),
    )

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    title: Mapped[str]
    body: Mapped[str]


class SearchWord(Base):
    """The vocabulary of the published articles: where a mistyped word finds its neighbours."""

    __tablename__ = "search_word"

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    articles: Mapped[int]


class SearchDay(Base):
    """What readers looked for, per day, folded to its meaningful words. No personal data, no reader."""

    __tablename__ = "search_day"
    __table_args__ = (
        CheckConstraint("searches > 0 AND results >= 0", name="counts"),
        {"sqlite_with_rowid": False},
    )

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    query: Mapped[str] = mapped_column(String(80), primary_key=True)
    searches: Mapped[int]
    results: Mapped[int]  # at the last search of the day: articles that hold all the words


class SearchClickDay(Base):
    """Which article readers opened from the answers to a query, per day."""

    __tablename__ = "search_click_day"
    __table_args__ = (
        CheckConstraint("clicks > 0", name="counts"),
        _found_by("article_id"),
        {"sqlite_with_rowid": False},
    )

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    query: Mapped[str] = mapped_column(String(80), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    clicks: Mapped[int]


class SupportClickDay(Base):
    """How often *Contacter l'assistance* was pressed, per day and place."""

    __tablename__ = "support_click_day"
    __table_args__ = (
        CheckConstraint("clicks > 0", name="counts"),
        {"sqlite_with_rowid": False},
    )

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(String(24), primary_key=True)
    clicks: Mapped[int]


class MissingQuestion(Base):
    """A question a reader did not find and reported. Plain text, masked before it is kept."""

    __tablename__ = "missing_question"
    __table_args__ = (
        CheckConstraint("handled_by_id IS NULL OR handled_at IS NOT NULL", name="handled_is_dated"),
        Index(None, "handled_at", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(300))
    received_at: Mapped[dt.datetime]
    handled_at: Mapped[dt.datetime | None]
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


# -- votes and tallies ---------------------------------------------------------------------------


class Reason(StrEnum):
    """Why a reader was not helped, as they pick it after Non."""

    OUTDATED = "outdated"
    UNCLEAR = "unclear"
    INCOMPLETE = "incomplete"
    BROKEN_LINK = "broken_link"
    OFF_TOPIC = "off_topic"
    DISAGREES = "disagrees"
    OTHER = "other"

    @property
    def off_text(self) -> bool:
        """Whether it blames the rule or the search rather than the text (*hors texte*)."""
        return self in (Reason.OFF_TOPIC, Reason.DISAGREES)


class Vote(Base):
    """One reader's verdict on the version they read, counted in that version's period.

    `visitor` is a keyed digest, None for imported votes. `set_aside` votes are kept out of every
    figure. A vote keeps its version and day when its verdict changes.
    """

    __tablename__ = "vote"
    __table_args__ = (
        UniqueConstraint("period_id", "visitor"),
        UniqueConstraint("import_digest", "import_row"),
        ForeignKeyConstraint(
            ["version_id", "period_id"], ["version.id", "version.period_id"], name="fk_vote_version"
        ),
        ForeignKeyConstraint(
            ["version_id", "article_id"],
            ["version.id", "version.article_id"],
            name="fk_vote_article",
        ),
        CheckConstraint("reason IS NULL OR NOT helpful", name="reason_after_no"),
        CheckConstraint("NOT (off_text AND helpful)", name="off_text_after_no"),
        CheckConstraint("(import_digest IS NULL) = (import_row IS NULL)", name="import_is_whole"),
        Index(None, "article_id", "id"),
        # The few votes set aside are found without reading the others.
        Index(
            "ix_vote_set_aside",
            "article_id",
            "period_id",
            "day",
            sqlite_where=text("set_aside = 1"),
            postgresql_where=text("set_aside"),
        ),
        # As are those that say why, among the votes of a measure.
        Index(
            "ix_vote_reason",
            "period_id",
            "reason",
            sqlite_where=text("reason IS NOT NULL"),
            postgresql_where=text("reason IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int]
    version_id: Mapped[int]
    period_id: Mapped[int]
    visitor: Mapped[str | None] = mapped_column(String(32))
    helpful: Mapped[bool]
    reason: Mapped[Reason | None] = mapped_column(_codes(Reason))
    off_text: Mapped[bool] = mapped_column(default=False)  # outlives the reason, erased with age
    set_aside: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(24))
    day: Mapped[dt.date]
    cast_at: Mapped[dt.datetime]
    import_digest: Mapped[str | None] = mapped_column(String(64))
    import_row: Mapped[int | None]


class RemarkState(StrEnum):
    """What became of a remark."""

    NEW = "new"
    ANSWERED = "answered"
    NO_ACTION = "no_action"
    FORWARDED = "forwarded"


class Remark(Base):
    """What a reader wrote after voting. Plain text for ever; erasable (`erased_at`)."""

    __tablename__ = "remark"
    __table_args__ = (
        CheckConstraint("(erased_at IS NULL) OR (text = '')", name="erased_is_empty"),
        Index(None, "state", "received_at"),
        Index(
            "ix_remark_answered_in_id",
            "answered_in_id",
            sqlite_where=text("answered_in_id IS NOT NULL"),
            postgresql_where=text("answered_in_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    text: Mapped[str]
    received_at: Mapped[dt.datetime]
    state: Mapped[RemarkState] = mapped_column(_codes(RemarkState))
    handled_at: Mapped[dt.datetime | None]
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_in_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    erased_at: Mapped[dt.datetime | None]


class Contact(Base):
    """Where the author of a remark may be told that it was answered: kept apart, and not for long.

    `key` is what the unsubscribe link holds. At most one of `sent_at` and `declined_at` says what
    somebody decided about the message.
    """

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint("sent_at IS NULL OR declined_at IS NULL", name="decided_once"),
    )

    remark_id: Mapped[int] = mapped_column(ForeignKey("remark.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
    key: Mapped[str] = mapped_column(String(43), unique=True)
    left_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]
    declined_at: Mapped[dt.datetime | None]


class TallyDay(Base):
    """Votes folded by day. Disposable: fold the votes again and get the same rows.

    `off_text` is the part of `unhelpful` that blames something else than the text. `set_aside`
    votes are in neither.
    """

    __tablename__ = "tally_day"
    __table_args__ = (
        CheckConstraint(
            "helpful >= 0 AND unhelpful >= 0 AND set_aside >= 0"
            " AND off_text >= 0 AND off_text <= unhelpful",
            name="counts",
        ),
        _found_by("article_id"),
        _found_by("version_id"),
        {"sqlite_with_rowid": False},
    )

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), primary_key=True)
    source: Mapped[str] = mapped_column(String(24), primary_key=True)
    helpful: Mapped[int]
    unhelpful: Mapped[int]
    off_text: Mapped[int]
    set_aside: Mapped[int]


class TallyVersion(Base):
    """Votes folded over a version's whole life: what judges an article without adding days up."""

    __tablename__ = "tally_version"
    __table_args__ = (
        CheckConstraint(
            "helpful >= 0 AND unhelpful >= 0 AND set_aside >= 0"
            " AND off_text >= 0 AND off_text <= unhelpful",
            name="counts",
        ),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), primary_key=True)
    helpful: Mapped[int]
    unhelpful: Mapped[int]
    off_text: Mapped[int]
    set_aside: Mapped[int]


class ClosedDay(Base):
    """The last day of the sums below: one row, none while there are none."""

    __tablename__ = "closed_day"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[dt.date]


class WindowTally(Base):
    """Votes of a version over the stretches of days that screens ask for; see `windows`. Disposable.

    `span` is a number of days up to the closed day's morrow, negative for as many before those, 0
    for all; `source` is empty for all sources together. No CHECK of the counts: SQL tries the row of
    an upsert before it finds the one to add to, and differences may be negative.
    """

    __tablename__ = "window_tally"
    __table_args__ = (_found_by("version_id"), {"sqlite_with_rowid": False})

    span: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(24), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), primary_key=True)
    helpful: Mapped[int]
    unhelpful: Mapped[int]
    off_text: Mapped[int]
    set_aside: Mapped[int]


class DayTotal(Base):
    """Votes of all articles by closed day and source. Disposable; no CHECK, as above."""

    __tablename__ = "day_total"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 — SQLAlchemy's own way to say it

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(24), primary_key=True)
    helpful: Mapped[int]
    unhelpful: Mapped[int]
    off_text: Mapped[int]
    set_aside: Mapped[int]


class ViewDay(Base):
    """Public pages served per day and source, robots apart. No personal data, no cookie."""

    __tablename__ = "view_day"
    __table_args__ = (_found_by("article_id"), {"sqlite_with_rowid": False})

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    source: Mapped[str] = mapped_column(String(24), primary_key=True)
    views: Mapped[int]
    robots: Mapped[int]


class CounterSnapshot(Base):
    """Totals another system publishes, as read on one date. Never mixed with dated votes."""

    __tablename__ = "counter_snapshot"
    __table_args__ = (UniqueConstraint("article_id", "source", "taken_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    source: Mapped[str] = mapped_column(String(24))
    taken_at: Mapped[dt.datetime]
    helpful: Mapped[int]
    unhelpful: Mapped[int]
    neutral: Mapped[int | None]  # neither yes nor no, where the other system asks so
    views: Mapped[int | None]
    estimated: Mapped[bool] = mapped_column(default=False)  # rebuilt from percentages


# -- flags and corrections -----------------------------------------------------------------------


class CorrectionState(StrEnum):
    """Where the work on a listed article stands."""

    NEW = "new"
    TAKEN = "taken"
    IN_REVIEW = "in_review"
    OBSERVING = "observing"
    IMPROVED = "improved"
    UNMEASURED = "unmeasured"
    NOTHING_TO_FIX = "nothing_to_fix"
    WITHDRAWN = "withdrawn"  # every flag behind it was withdrawn before anybody corrected
    REOPENED = "reopened"  # observed, not better: a new row took over


class Correction(Base):
    """The work an article in À corriger asks for: one row while listed, whatever its flags.

    `snoozed_until`: out of the list until that civil day. `looked_with`: with how many votes on the
    text the observation was last judged. `evidence`: the figures it ended with, both measures.
    """

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('observing', 'improved') OR version_id IS NOT NULL",
            name="observed_has_version",
        ),
        CheckConstraint(
            "(state IN ('new', 'taken', 'in_review', 'observing')) = (closed_at IS NULL)",
            name="closed_is_dated",
        ),
        CheckConstraint(
            "(snoozed_until IS NULL) = (snooze_reason IS NULL)", name="snoozed_has_reason"
        ),
        Index(
            "uq_correction_one_listed",
            "article_id",
            unique=True,
            sqlite_where=text("state IN ('new', 'taken', 'in_review')"),
            postgresql_where=text("state IN ('new', 'taken', 'in_review')"),
        ),
        Index(
            "uq_correction_one_observed",
            "article_id",
            unique=True,
            sqlite_where=text("state = 'observing'"),
            postgresql_where=text("state = 'observing'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    state: Mapped[CorrectionState] = mapped_column(_codes(CorrectionState))
    opened_at: Mapped[dt.datetime]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    taken_at: Mapped[dt.datetime | None]
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    due_on: Mapped[dt.date | None]
    snoozed_until: Mapped[dt.date | None]
    snooze_reason: Mapped[str | None]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"), index=True)
    corrected_at: Mapped[dt.datetime | None]
    looked_with: Mapped[int | None]
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    closed_at: Mapped[dt.datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(default="")


class FlagKind(StrEnum):
    """The rule that lists an article in À corriger."""

    ISOLATED = "isolated"  # a Non about the text
    CONFIRMED = "confirmed"  # the votes prove that the objective is missed
    DROPPED = "dropped"  # the votes prove that the text is less helpful than the one before
    BY_HAND = "by_hand"  # a person says so, and why
    OVERDUE = "overdue"  # its review date has passed
    CONTENT = "content"  # the published text stops its reader: a masked address, a dead link


class FlagOutcome(StrEnum):
    """How a flag ended."""

    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    NOTHING_TO_FIX = "nothing_to_fix"
    ARTICLE_WITHDRAWN = "article_withdrawn"


class Flag(Base):
    """Why an article is listed: the rule, and the evidence as it stood when the rule fired."""

    __tablename__ = "flag"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_has_outcome"),
        CheckConstraint(
            "outcome IS NULL OR outcome <> 'answered' OR answered_in_id IS NOT NULL",
            name="answered_names_version",
        ),
        Index(
            "uq_flag_one_open",
            "article_id",
            "kind",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("correction.id"), index=True)
    kind: Mapped[FlagKind] = mapped_column(_codes(FlagKind))
    opened_at: Mapped[dt.datetime]
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    evidence: Mapped[dict[str, Any]]
    closed_at: Mapped[dt.datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[FlagOutcome | None] = mapped_column(_codes(FlagOutcome))
    answered_in_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"), index=True)


# -- imports and the clock -----------------------------------------------------------------------


class ImportBatch(Base):
    """One confirmed import: which documents, by whom, what it changed; whether it was undone.

    `categories` are the ids of those it added.
    """

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64))
    created: Mapped[int]
    updated: Mapped[int]
    categories: Mapped[list[int] | None]
    undone_at: Mapped[dt.datetime | None]


class ImportedEntry(Base):
    """What an article was last imported from: its key in the source, and that text's fingerprint.

    A later import compares with this, not with the present text, so that an article edited here
    whose source did not move is left alone.
    """

    __tablename__ = "imported_entry"

    key: Mapped[str] = mapped_column(String(500), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    fingerprint: Mapped[str] = mapped_column(String(64))


class ImportEffect(Base):
    """What one import did to one article, as long as it may be undone.

    `revision` is the draft's as the import left it (the published version's as it was published):
    a later one means that somebody wrote since. `fingerprint` is what the article was imported from
    before, `before` the draft that was replaced ([question, answer, wordings…]); None when none was.
    """

    __tablename__ = "import_effect"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 — SQLAlchemy's own way to say it

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True, index=True)
    key: Mapped[str] = mapped_column(String(500))
    created: Mapped[bool]
    published: Mapped[bool]
    revision: Mapped[int]
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    before: Mapped[list[str] | None]


class DutyRun(Base):
    """One slot of one duty of the clock: the unique pair is what makes it run once everywhere."""

    __tablename__ = "duty_run"
    __table_args__ = (UniqueConstraint("name", "slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    slot: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    outcome: Mapped[str] = mapped_column(String(24), default="running")


# -- what each channel serves ----------------------------------------------------------------------


class Way(StrEnum):
    """How the articles reach a destination."""

    MACHINE = "machine"  # it fetches them, with a token
    JOB = "job"  # a command writes a file
    PUSH = "push"  # we write to its API
    DOWNLOAD = "download"  # a person takes the file


class Destination(Base):
    """Somewhere a channel's articles go (*canal*): what it holds is in `HeldArticle`.

    `name` is the token's, the file's, the host's or the person's; `selection` what was asked for,
    empty for everything published. `digest` tells at once that nothing changed since `seen_at`.
    """

    __tablename__ = "destination"
    __table_args__ = (UniqueConstraint("channel", "way", "name", "selection_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(24))
    way: Mapped[Way] = mapped_column(_codes(Way))
    name: Mapped[str] = mapped_column(String(255))
    selection: Mapped[dict[str, Any]]
    selection_key: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime | None]  # the last time it received what was published
    digest: Mapped[str] = mapped_column(String(64), default="")
    left_at: Mapped[dt.datetime | None]  # nobody uses it any more: it is not watched
    busy_until: Mapped[dt.datetime | None]  # a push is under way, or died before then


class DeliveryOutcome(StrEnum):
    """How a delivery ended."""

    DONE = "done"
    FAILED = "failed"
    MISSED = "missed"  # it used to come every night, and did not


class Delivery(Base):
    """One time a destination was served, or should have been (*envoi*).

    Deliveries of one day that change nothing, or fail alike, are one row: the last of them.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint("added >= 0 AND modified >= 0 AND withdrawn >= 0", name="counts"),
        CheckConstraint("(outcome = 'failed') = (failure <> '')", name="failure_is_said"),
        Index(None, "destination_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("destination.id"))
    at: Mapped[dt.datetime]
    outcome: Mapped[DeliveryOutcome] = mapped_column(_codes(DeliveryOutcome))
    articles: Mapped[int]  # that it holds afterwards
    added: Mapped[int] = mapped_column(default=0)
    modified: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(default="")  # the French sentence of what went wrong


class HeldArticle(Base):
    """What a destination last received of one article: rewritten only when that changes.

    `sha256` is of the text and its filing; `changed_at` the article's `updated_at` then. The two
    `remote` columns are for the systems we write to: the article's name there, and the digest of
    what it held after our last write.
    """

    __tablename__ = "held_article"
    __table_args__ = (
        Index(None, "article_id"),
        Index(None, "version_id"),
        {"sqlite_with_rowid": False},
    )

    destination_id: Mapped[int] = mapped_column(ForeignKey("destination.id"), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime]
    remote_id: Mapped[str | None] = mapped_column(String(64))
    remote_digest: Mapped[str | None] = mapped_column(String(64))


# -- reports and mail ----------------------------------------------------------------------------


class Cadence(StrEnum):
    """How often a report is issued."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Report(Base):
    """The figures of one week or month, frozen when issued: what happens later changes none."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("cadence", "first_day"),
        CheckConstraint("first_day <= last_day", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cadence: Mapped[Cadence] = mapped_column(_codes(Cadence))
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    issued_at: Mapped[dt.datetime]
    figures: Mapped[dict[str, Any]]


class ReportRecipient(Base):
    """Somebody who receives one kind of report by e-mail and never signs in.

    `key` is what their unsubscribe links hold. The row goes when they leave.
    """

    __tablename__ = "report_recipient"
    __table_args__ = (UniqueConstraint("address", "cadence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
    cadence: Mapped[Cadence] = mapped_column(_codes(Cadence))
    key: Mapped[str] = mapped_column(String(43), unique=True)
    added_at: Mapped[dt.datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class MailState(StrEnum):
    """Where an outgoing mail stands. Only `waiting` mails are ever tried (again)."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"  # handed over, then silence: it may have left, so it is not sent again


class MailFailure(StrEnum):
    """What the last try to send a mail met."""

    UNREACHABLE = "unreachable"
    NO_ENCRYPTION = "no_encryption"
    SIGN_IN = "sign_in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"
    NO_ANSWER = "no_answer"


class OutgoingMail(Base):
    """A mail to one person, until the server has taken it. `key` keeps it from being posted twice.

    `claim` names the try under way; `handed_at` is written before the text is given to the server:
    from then on nobody can know, without an answer, that it did not leave.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('waiting', 'sending')) = (ended_at IS NULL)", name="ended_is_dated"
        ),
        CheckConstraint("(state = 'sending') = (claim IS NOT NULL)", name="sending_is_claimed"),
        CheckConstraint("handed_at IS NULL OR state <> 'waiting'", name="handed_is_not_waiting"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str]
    html: Mapped[str] = mapped_column(default="")
    unsubscribe_url: Mapped[str] = mapped_column(default="")
    subscription: Mapped[str] = mapped_column(String(80), default="")  # ends with it, unsent
    state: Mapped[MailState] = mapped_column(_codes(MailState))
    created_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_at: Mapped[dt.datetime | None]
    handed_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    failure: Mapped[MailFailure | None] = mapped_column(_codes(MailFailure))
    answer: Mapped[str] = mapped_column(default="")  # the server's own words


# -- what people are told ------------------------------------------------------------------------


class NoticeKind(StrEnum):
    """What somebody of the team may want to know as soon as it happens."""

    CONFIRMED = "confirmed"  # the votes prove that an article misses its objective
    ASSIGNED = "assigned"  # a correction was given to them by somebody else
    REVIEW = "review"  # a colleague asks for a relecture
    LATE = "late"  # a correction has passed its due date
    BURST = "burst"  # votes were set aside
    MISSED = "missed"  # a channel did not come for its articles


class Notice(Base):
    """One thing that happened. `key` keeps it from being told twice.

    `detail` holds what its sentence needs, as it was then. The flag, review or correction it tells
    of says whether it still matters.
    """

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[NoticeKind] = mapped_column(_codes(NoticeKind))
    at: Mapped[dt.datetime] = mapped_column(index=True)
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"), index=True)
    flag_id: Mapped[int | None] = mapped_column(ForeignKey("flag.id"))
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"), index=True)
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("correction.id"))
    detail: Mapped[dict[str, Any]]


class Told(Base):
    """A notice as one person has it: read or not, sent in a digest or not."""

    __tablename__ = "told"
    __table_args__ = (
        Index(
            "ix_told_unread",
            "account_id",
            sqlite_where=text("seen_at IS NULL"),
            postgresql_where=text("seen_at IS NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    seen_at: Mapped[dt.datetime | None]
    mailed_at: Mapped[dt.datetime | None]


class NoticeChoice(Base):
    """Where one person wants one kind of notice; without a row, everywhere."""

    __tablename__ = "notice_choice"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 — SQLAlchemy's own way to say it

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(_codes(NoticeKind), primary_key=True)
    in_application: Mapped[bool]
    by_mail: Mapped[bool]


class Rhythm(StrEnum):
    """How often somebody receives their digest."""

    DAILY = "daily"
    WEEKLY = "weekly"


class DigestAddress(Base):
    """Where a person receives their notices by e-mail: an address they gave themselves.

    `key` is what their unsubscribe links hold. The row goes when they want no more mail.
    """

    __tablename__ = "digest_address"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
    rhythm: Mapped[Rhythm] = mapped_column(_codes(Rhythm))
    key: Mapped[str] = mapped_column(String(43), unique=True)
    since: Mapped[dt.datetime]


class WebhookShape(StrEnum):
    """How a notice is said to the system behind an address."""

    JSON = "json"
    SLACK = "slack"
    TEAMS = "teams"


class Webhook(Base):
    """An address of another system that is told of these kinds of notices, for the installation.

    Its secret is derived from `salt` and the installation's own secret: the database alone signs
    nothing.
    """

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(500))
    shape: Mapped[WebhookShape] = mapped_column(_codes(WebhookShape))
    kinds: Mapped[list[str]]
    salt: Mapped[str] = mapped_column(String(43))
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[dt.datetime | None]


class WebhookCall(Base):
    """One notice on its way to one webhook (none: a trial), until it was taken.

    The pair is unique: a notice is posted once. `state` is that of a mail, but for *uncertain*: a
    call that may have arrived is made again, under the same id.
    """

    __tablename__ = "webhook_call"
    __table_args__ = (
        UniqueConstraint("webhook_id", "notice_id"),
        CheckConstraint(
            "(state IN ('waiting', 'sending')) = (ended_at IS NULL)", name="ended_is_dated"
        ),
        CheckConstraint("(state = 'sending') = (claim IS NOT NULL)", name="sending_is_claimed"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    state: Mapped[MailState] = mapped_column(_codes(MailState))
    created_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    answer: Mapped[str] = mapped_column(default="")  # what the last try met: a code of `webhooks`
