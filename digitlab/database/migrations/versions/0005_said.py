"""Which digits models said of a drawing, so that the database can find those that were read wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

drawings = sa.table("drawings", sa.column("id"), sa.column("answers", sa.JSON), sa.column("said", sa.SmallInteger))


def upgrade() -> None:
    # A server of before does not know the column, and may still be running.
    op.add_column("drawings", sa.Column("said", sa.SmallInteger, nullable=False, server_default="0"))
    connection = op.get_bind()
    latest = 0
    while rows := connection.execute(
        sa.select(drawings.c.id, drawings.c.answers).where(drawings.c.id > latest).order_by(drawings.c.id).limit(200)
    ).all():
        for number, answers in rows:
            said = sum({1 << answer["digit"] for answer in answers.values()})
            connection.execute(drawings.update().where(drawings.c.id == number).values(said=said))
        latest = rows[-1].id
    op.drop_index("ix_drawings_label", "drawings")
    op.create_index("ix_drawings_label_said", "drawings", ["label", "said"])


def downgrade() -> None:
    op.drop_index("ix_drawings_label_said", "drawings")
    op.create_index("ix_drawings_label", "drawings", ["label"])
    op.drop_column("drawings", "said")
