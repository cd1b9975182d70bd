"""Where the lecture is, for all servers that show it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    place = op.create_table(
        "lecture_place",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("view", sa.String(12)),
        sa.Column("moves", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(place, [{"id": 1, "at": 0, "view": None, "moves": 0}])


def downgrade() -> None:
    op.drop_table("lecture_place")
