"""Payouts and refusals. The ledger of francs learns of both; what it holds already stays as it is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
STANDING = sa.text("NOT released")
KINDS = "kind IN ('engine', 'recorded', 'recorded_payment', 'refusal', 'payment')"
KINDS_BEFORE = "kind IN ('engine', 'recorded', 'recorded_payment')"
SERIES = "series IN ('receipt', 'shipment', 'payout')"
SERIES_BEFORE = "series IN ('receipt', 'shipment')"


def upgrade() -> None:
    with op.batch_alter_table("premium_entries", copy_from=_entries_before()) as entries:
        entries.alter_column("drop_off_id", existing_type=KEY, nullable=True)
        entries.add_column(sa.Column("payout_id", KEY, nullable=True))
        entries.drop_constraint("ck_premium_entries_kind", type_="check")
        entries.create_check_constraint("ck_premium_entries_kind", KINDS)
        entries.create_check_constraint(
            "ck_premium_entries_payment_has_no_drop_off", "(kind = 'payment') = (drop_off_id IS NULL)"
        )
        entries.create_check_constraint(
            "ck_premium_entries_payment_has_its_payout", "(kind = 'payment') = (payout_id IS NOT NULL)"
        )
        entries.create_check_constraint("ck_premium_entries_payment_hands_over", "kind <> 'payment' OR francs < 0")
        entries.create_unique_constraint("uq_premium_entries_payout_id", ["payout_id"])
    _change_series(SERIES_BEFORE, SERIES)
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        "premium_refusals",
        sa.Column("id", KEY, nullable=False),
        sa.Column("drop_off_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_premium_refusals_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_premium_refusals"),
        sa.UniqueConstraint("drop_off_id", name="uq_premium_refusals_drop_off_id"),
    )
    op.create_table(
        "payouts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("depot_id", KEY, nullable=False),
        sa.Column("depositor_id", KEY, nullable=False),
        sa.Column("francs", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", KEY, nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_by", KEY, nullable=True),
        sa.Column("reference", sa.String(length=60), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("francs > 0", name="ck_payouts_francs_positive"),
        sa.CheckConstraint("state IN ('approved', 'paid', 'withdrawn')", name="ck_payouts_state"),
        sa.CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="ck_payouts_paid_has_its_day"),
        sa.CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="ck_payouts_paid_has_its_moment"),
        sa.CheckConstraint("(state = 'paid') = (reference IS NOT NULL)", name="ck_payouts_paid_has_its_reference"),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (end_reason IS NOT NULL)", name="ck_payouts_withdrawn_has_its_reason"
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["accounts.id"], name="fk_payouts_approved_by"),
        sa.ForeignKeyConstraint(["depositor_id"], ["depositors.id"], name="fk_payouts_depositor_id"),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_payouts_depot_id"),
        sa.ForeignKeyConstraint(["paid_by"], ["accounts.id"], name="fk_payouts_paid_by"),
        sa.PrimaryKeyConstraint("id", name="pk_payouts"),
        sa.UniqueConstraint("number", name="uq_payouts_number"),
    )
    op.create_index("ix_payouts_depositor_id", "payouts", ["depositor_id"])
    op.create_index("ix_payouts_depot_id_state", "payouts", ["depot_id", "state"])
    op.create_table(
        "payout_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("payout_id", KEY, nullable=False),
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["premium_entries.id"], name="fk_payout_lines_entry_id"),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name="fk_payout_lines_payout_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payout_lines"),
        sa.UniqueConstraint("payout_id", "entry_id", name="uq_payout_lines_payout_id_entry_id"),
    )
    op.create_index(
        "uq_payout_lines_standing_entry",
        "payout_lines",
        ["entry_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def downgrade() -> None:
    """Refuses once something was approved or refused: the books before this have no place for it, and keep all."""
    for table in ("payouts", "premium_refusals"):
        if op.get_bind().execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one():  # noqa: S608 - our two names
            raise RuntimeError(f"{table} holds rows that revision 0002 cannot keep")
    op.drop_table("payout_lines")
    op.drop_table("payouts")
    op.drop_table("premium_refusals")
    _change_series(SERIES, SERIES_BEFORE)
    with op.batch_alter_table("premium_entries", copy_from=_entries_after()) as entries:
        entries.drop_constraint("uq_premium_entries_payout_id", type_="unique")
        entries.drop_constraint("ck_premium_entries_payment_hands_over", type_="check")
        entries.drop_constraint("ck_premium_entries_payment_has_its_payout", type_="check")
        entries.drop_constraint("ck_premium_entries_payment_has_no_drop_off", type_="check")
        entries.drop_constraint("ck_premium_entries_kind", type_="check")
        entries.create_check_constraint("ck_premium_entries_kind", KINDS_BEFORE)
        entries.drop_column("payout_id")
        entries.alter_column("drop_off_id", existing_type=KEY, nullable=False)


def _change_series(before: str, after: str) -> None:
    with op.batch_alter_table("number_series", copy_from=_series(before)) as series:
        series.drop_constraint("ck_number_series_series", type_="check")
        series.create_check_constraint("ck_number_series_series", after)


def _series(allowed: str) -> sa.Table:
    """As it stands: SQLite copies a table to change it, and cannot tell its CHECKs by itself."""
    return sa.Table(
        "number_series",
        sa.MetaData(),
        sa.Column("depot_id", KEY, autoincrement=False, nullable=False),
        sa.Column("series", sa.String(32), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint(allowed, name="ck_number_series_series"),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_number_series_depot_id"),
        sa.PrimaryKeyConstraint("depot_id", "series", "year", name="pk_number_series"),
    )


def _entries_before() -> sa.Table:
    return _entries(
        sa.Column("drop_off_id", KEY, nullable=False),
        sa.CheckConstraint(KINDS_BEFORE, name="ck_premium_entries_kind"),
    )


def _entries_after() -> sa.Table:
    return _entries(
        sa.Column("drop_off_id", KEY, nullable=True),
        sa.Column("payout_id", KEY, nullable=True),
        sa.CheckConstraint(KINDS, name="ck_premium_entries_kind"),
        sa.CheckConstraint(
            "(kind = 'payment') = (drop_off_id IS NULL)", name="ck_premium_entries_payment_has_no_drop_off"
        ),
        sa.CheckConstraint(
            "(kind = 'payment') = (payout_id IS NOT NULL)", name="ck_premium_entries_payment_has_its_payout"
        ),
        sa.CheckConstraint("kind <> 'payment' OR francs < 0", name="ck_premium_entries_payment_hands_over"),
        sa.UniqueConstraint("payout_id", name="uq_premium_entries_payout_id"),
    )


def _entries(*differing: sa.schema.SchemaItem) -> sa.Table:
    """The ledger of francs but for what this migration changes."""
    return sa.Table(
        "premium_entries",
        sa.MetaData(),
        sa.Column("id", KEY, nullable=False),
        sa.Column("depot_id", KEY, nullable=False),
        sa.Column("depositor_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("version_id", KEY, nullable=True),
        sa.Column("francs", sa.BigInteger(), nullable=False),
        sa.Column("entitlement", sa.BigInteger(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        *differing,
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_premium_entries_account_id"),
        sa.ForeignKeyConstraint(["depositor_id"], ["depositors.id"], name="fk_premium_entries_depositor_id"),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_premium_entries_depot_id"),
        sa.ForeignKeyConstraint(["version_id"], ["premium_scheme_versions.id"], name="fk_premium_entries_version_id"),
        sa.PrimaryKeyConstraint("id", name="pk_premium_entries"),
        sa.Index("ix_premium_entries_day", "day"),
        sa.Index("ix_premium_entries_depositor_id", "depositor_id", "day"),
        sa.Index("ix_premium_entries_drop_off_id", "drop_off_id"),
    )
