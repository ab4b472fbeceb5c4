"""Whether a push to a destination is under way.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

from faq_cms.models import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("destination", sa.Column("busy_until", Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("destination", "busy_until")
