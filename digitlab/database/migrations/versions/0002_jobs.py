"""Trainings: those that wait for a machine, the one that runs, and how they ended."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(32), nullable=False, unique=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("status", sa.JSON, nullable=False),
        sa.Column("want", sa.String(12), nullable=False),
        sa.Column("arguments", sa.JSON),
        sa.Column("taken_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_jobs_state", "jobs", ["state"])


def downgrade() -> None:
    op.drop_table("jobs")
