"""A drawing's number is never given again, even if the drawing is deleted, since models remember which numbers they
were taught. In PostgreSQL, a sequence already ensures that."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _again(sqlite_autoincrement=True)


def downgrade() -> None:
    _again(sqlite_autoincrement=False)


def _again(**options: bool) -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("drawings", recreate="always", table_kwargs=options):
            pass
