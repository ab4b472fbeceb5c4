"""On PostgreSQL, what refers to a text in the tables of days is found by an index too.

There a deletion reads them whole for each row it deletes, and an index made for the time of an import
taken back would make voters wait. SQLite has one made for that time (see `db.found_by`).

Revision: 0016, after 0015.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_FOUND_BY = (
    ("tally_day", "article_id"),
    ("tally_day", "version_id"),
    ("window_tally", "version_id"),
    ("view_day", "article_id"),
    ("search_click_day", "article_id"),
)


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for table, column in _FOUND_BY:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for table, column in _FOUND_BY:
            op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
