"""Which labels a presenter has confirmed, and whether a model took a drawing for a digit, since some are none."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
TAKEN_FOR_A_DIGIT = 1 << 10

drawings = sa.table("drawings", *map(sa.column, ("id", "said")), sa.column("answers", sa.JSON))


def upgrade() -> None:
    # A server of before does not know the column, and may still be running.
    op.add_column("drawings", sa.Column("checked", sa.Boolean, nullable=False, server_default=sa.false()))
    connection = op.get_bind()
    latest = 0
    while rows := connection.execute(
        sa.select(drawings.c.id, drawings.c.answers).where(drawings.c.id > latest).order_by(drawings.c.id).limit(200)
    ).all():
        taken = [number for number, answers in rows if any(one.get("is_digit", True) for one in answers.values())]
        said = drawings.c.said.op("|")(TAKEN_FOR_A_DIGIT)
        connection.execute(drawings.update().where(drawings.c.id.in_(taken)).values(said=said))
        latest = rows[-1].id


def downgrade() -> None:
    op.drop_column("drawings", "checked")
    op.execute(drawings.update().values(said=drawings.c.said.op("&")(TAKEN_FOR_A_DIGIT - 1)))
