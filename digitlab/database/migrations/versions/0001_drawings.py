"""Drawings, and the presenter's options."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "drawings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token", sa.String(32), nullable=False, unique=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("strokes", sa.JSON, nullable=False),
        sa.Column("pixels", sa.LargeBinary, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("label", sa.SmallInteger),
    )
    op.create_index("ix_drawings_changed_at", "drawings", ["changed_at"])
    op.create_index("ix_drawings_label", "drawings", ["label"])
    op.create_table(
        "options",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.String(200), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("options")
    op.drop_table("drawings")
