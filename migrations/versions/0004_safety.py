"""Passwords that an administrator lent, what people know their sessions by, second factors, the journal by person."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
HELD = {
    "second_factors": "SELECT count(*) FROM second_factors",
    "recovery_codes": "SELECT count(*) FROM recovery_codes",
    "accounts.password_lent_at": "SELECT count(*) FROM accounts WHERE password_lent_at IS NOT NULL",
}
"""What the books before this have no place for."""


def upgrade() -> None:
    """Columns may stay empty, so that what the journal says of older rows stays true."""
    op.add_column("accounts", sa.Column("password_lent_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("web_sessions", sa.Column("acted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("web_sessions", sa.Column("device", sa.String(length=40), nullable=True))
    op.create_index("ix_journal_entries_account_id", "journal_entries", ["account_id"])
    op.create_table(
        "second_factors",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_second_factors_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_second_factors"),
        sa.UniqueConstraint("account_id", name="uq_second_factors_account_id"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_recovery_codes_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_codes"),
        sa.UniqueConstraint("digest", name="uq_recovery_codes_digest"),
    )
    op.create_index("ix_recovery_codes_account_id", "recovery_codes", ["account_id"])
    op.create_table(
        "code_steps",
        sa.Column("account_id", KEY, autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_code_steps_account_id"),
        sa.PrimaryKeyConstraint("account_id", name="pk_code_steps"),
    )


def downgrade() -> None:
    """Refuses while a second factor is in use or a password is lent: the journal would then say what no row says."""
    for what, count in HELD.items():
        if op.get_bind().execute(sa.text(count)).scalar_one():
            raise RuntimeError(f"{what} holds what revision 0003 cannot keep")
    op.drop_table("code_steps")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
    op.drop_index("ix_journal_entries_account_id", "journal_entries")
    op.drop_column("web_sessions", "device")
    op.drop_column("web_sessions", "acted_at")
    op.drop_column("accounts", "password_lent_at")
