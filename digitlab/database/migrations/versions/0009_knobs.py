"""What is changed while a network learns."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("knobs", sa.JSON))


def downgrade() -> None:
    op.drop_column("jobs", "knobs")
