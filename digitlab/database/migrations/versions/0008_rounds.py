"""The rounds that several servers share."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "round_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("event", sa.JSON, nullable=False),
    )
    op.create_table(
        "round_servers",
        sa.Column("server", sa.String(16), primary_key=True),
        sa.Column("phones", sa.Integer, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("round_servers")
    op.drop_table("round_events")
