"""The wall that several servers share."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "wall",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("pixels", sa.LargeBinary, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("label", sa.SmallInteger),
        sa.Column("hidden", sa.Boolean, nullable=False),
    )
    op.create_index("ix_wall_revision", "wall", ["revision"])
    state = op.create_table(
        "wall_state",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("cleared", sa.Integer, nullable=False),
        sa.Column("frozen", sa.Integer),
    )
    op.bulk_insert(state, [{"id": 1, "revision": 0, "cleared": 0, "frozen": None}])


def downgrade() -> None:
    op.drop_table("wall_state")
    op.drop_table("wall")
