"""What refers to an article or a version is found without reading its whole table.

A database that deletes a row looks for what still refers to it: without an index, a draft thrown
away read every version, and an import taken back read them all once for each draft.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_WHOLE = (
    ("review", "article_id"),
    ("review_note", "article_id"),
    ("plan", "article_id"),
    ("correction", "article_id"),
    ("correction", "version_id"),
    ("flag", "article_id"),
    ("flag", "answered_in_id"),
    ("held_article", "version_id"),
    ("notice", "article_id"),
    ("notice", "review_id"),
)
# Empty in nearly every row: those are left out, and cost nothing when they are written.
_PARTIAL = (
    ("version", "base_id"),
    ("version", "restored_from_id"),
    ("remark", "answered_in_id"),
)


def upgrade() -> None:
    for table, column in _WHOLE:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    for table, column in _PARTIAL:
        filled = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            op.f(f"ix_{table}_{column}"),
            table,
            [column],
            sqlite_where=filled,
            postgresql_where=filled,
        )


def downgrade() -> None:
    for table, column in (*_PARTIAL, *_WHOLE):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
