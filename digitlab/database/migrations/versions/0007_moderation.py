"""Drawings on the shared wall may have to be approved before they are shown."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # A server of before does not know the columns, and may still be running.
    op.add_column("wall", sa.Column("approved", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("wall_state", sa.Column("approval", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("wall_state", "approval")
    op.drop_column("wall", "approved")
