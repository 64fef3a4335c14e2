"""The first books: accounts, catalogue, people, journal, both ledgers, drop-offs, shipments, imports."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "categories",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name_fr", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("counted_by", sa.String(32), nullable=False),
        sa.Column("typical_unit_grams", sa.BigInteger(), nullable=True),
        sa.Column("min_unit_grams", sa.BigInteger(), nullable=True),
        sa.Column("max_unit_grams", sa.BigInteger(), nullable=True),
        sa.Column("hazardous", sa.String(32), nullable=False),
        sa.Column("unu_key", sa.String(length=8), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("counted_by IN ('piece', 'kg')", name="ck_categories_counted_by"),
        sa.CheckConstraint("hazardous IN ('yes', 'no', 'unknown')", name="ck_categories_hazardous"),
        sa.CheckConstraint(
            "(min_unit_grams IS NULL) = (max_unit_grams IS NULL) AND (min_unit_grams IS NULL OR 0 < min_unit_grams AND min_unit_grams <= max_unit_grams)",
            name="ck_categories_unit_range",
        ),
        sa.CheckConstraint("typical_unit_grams > 0", name="ck_categories_typical_positive"),
        sa.PrimaryKeyConstraint("id", name="pk_categories"),
        sa.UniqueConstraint("code", name="uq_categories_code"),
    )
    op.create_table(
        "consignees",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consignees"),
        sa.UniqueConstraint("name", "country", name="uq_consignees_name_country"),
    )
    op.create_table(
        "depots",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_depots"),
        sa.UniqueConstraint("code", name="uq_depots_code"),
    )
    op.create_table(
        "journal_chains",
        sa.Column("chain", KEY, autoincrement=False, nullable=False),
        sa.Column("length", KEY, nullable=False),
        sa.Column("last", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name="pk_journal_chains"),
    )
    op.create_table(
        "premium_schemes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_fr", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_premium_schemes"),
        sa.UniqueConstraint("code", name="uq_premium_schemes_code"),
    )
    op.create_table(
        "setup_links",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_setup_links_one_link"),
        sa.PrimaryKeyConstraint("id", name="pk_setup_links"),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("failures >= 0", name="ck_sign_in_attempts_failures_not_negative"),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_attempts"),
    )
    op.create_table(
        "accounts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("login", sa.String(length=32), nullable=False),
        sa.Column("display_name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("depot_id", KEY, nullable=True),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.CheckConstraint("role <> 'clerk' OR depot_id IS NOT NULL", name="ck_accounts_clerk_has_a_depot"),
        sa.CheckConstraint("role <> 'operator'", name="ck_accounts_role_is_a_persons"),
        sa.CheckConstraint("role IN ('clerk', 'manager', 'admin', 'auditor', 'operator')", name="ck_accounts_role"),
        sa.CheckConstraint("login = lower(login)", name="ck_accounts_login_folded"),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_accounts_depot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("login", name="uq_accounts_login"),
    )
    op.create_table(
        "depositors",
        sa.Column("id", KEY, nullable=False),
        sa.Column("depot_id", KEY, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("folded_name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "kind IN ('individual', 'repairer', 'collector', 'organisation')", name="ck_depositors_kind"
        ),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_depositors_depot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_depositors"),
    )
    op.create_index("ix_depositors_depot_id_folded_name", "depositors", ["depot_id", "folded_name"], unique=False)
    op.create_index("ix_depositors_depot_id_phone", "depositors", ["depot_id", "phone"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("depot_id", KEY, autoincrement=False, nullable=False),
        sa.Column("series", sa.String(32), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("series IN ('receipt', 'shipment')", name="ck_number_series_series"),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_number_series_depot_id"),
        sa.PrimaryKeyConstraint("depot_id", "series", "year", name="pk_number_series"),
    )
    op.create_table(
        "premium_scheme_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("scheme_id", KEY, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from <= valid_to", name="ck_premium_scheme_versions_days_in_order"
        ),
        sa.ForeignKeyConstraint(["scheme_id"], ["premium_schemes.id"], name="fk_premium_scheme_versions_scheme_id"),
        sa.PrimaryKeyConstraint("id", name="pk_premium_scheme_versions"),
        sa.UniqueConstraint("scheme_id", "valid_from", name="uq_premium_scheme_versions_scheme_id_valid_from"),
    )
    op.create_table(
        "sortings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("depot_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("loss_grams", sa.BigInteger(), nullable=False),
        sa.Column("inferred", sa.Boolean(), nullable=False),
        sa.CheckConstraint("loss_grams >= 0", name="ck_sortings_loss_not_negative"),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_sortings_depot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sortings"),
    )
    op.create_table(
        "stock_balances",
        sa.Column("depot_id", KEY, autoincrement=False, nullable=False),
        sa.Column("category_id", KEY, autoincrement=False, nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name="fk_stock_balances_category_id"),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_stock_balances_depot_id"),
        sa.PrimaryKeyConstraint("depot_id", "category_id", name="pk_stock_balances"),
    )
    op.create_table(
        "stock_openings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("depot_id", KEY, nullable=False),
        sa.Column("category_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("grams > 0", name="ck_stock_openings_grams_positive"),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name="fk_stock_openings_category_id"),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_stock_openings_depot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stock_openings"),
    )
    op.create_table(
        "drop_offs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("depot_id", KEY, nullable=False),
        sa.Column("depositor_id", KEY, nullable=False),
        sa.Column("weighed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("receipt", sa.String(length=40), nullable=True),
        sa.Column("external_reference", sa.String(length=60), nullable=True),
        sa.Column("recorded_premium", sa.BigInteger(), nullable=True),
        sa.Column("replaces_id", KEY, nullable=True),
        sa.CheckConstraint("recorded_premium >= 0", name="ck_drop_offs_recorded_premium_not_negative"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_drop_offs_account_id"),
        sa.ForeignKeyConstraint(["depositor_id"], ["depositors.id"], name="fk_drop_offs_depositor_id"),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_drop_offs_depot_id"),
        sa.ForeignKeyConstraint(["replaces_id"], ["drop_offs.id"], name="fk_drop_offs_replaces_id"),
        sa.PrimaryKeyConstraint("id", name="pk_drop_offs"),
        sa.UniqueConstraint("client_id", name="uq_drop_offs_client_id"),
        sa.UniqueConstraint("depot_id", "receipt", name="uq_drop_offs_depot_id_receipt"),
    )
    op.create_index("ix_drop_offs_depositor_id_day", "drop_offs", ["depositor_id", "day"], unique=False)
    op.create_index("ix_drop_offs_depot_id_day", "drop_offs", ["depot_id", "day"], unique=False)
    op.create_table(
        "journal_entries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("chain", KEY, nullable=False),
        sa.Column("position", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("position > 0", name="ck_journal_entries_position_counts_from_one"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_journal_entries_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_journal_entries"),
        sa.UniqueConstraint("chain", "position", name="uq_journal_entries_chain_position"),
    )
    op.create_index("ix_journal_entries_subject", "journal_entries", ["subject_kind", "subject_id"], unique=False)
    op.create_table(
        "premium_balances",
        sa.Column("depositor_id", KEY, autoincrement=False, nullable=False),
        sa.Column("francs", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["depositor_id"], ["depositors.id"], name="fk_premium_balances_depositor_id"),
        sa.PrimaryKeyConstraint("depositor_id", name="pk_premium_balances"),
    )
    op.create_table(
        "premium_entries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("depot_id", KEY, nullable=False),
        sa.Column("depositor_id", KEY, nullable=False),
        sa.Column("drop_off_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("version_id", KEY, nullable=True),
        sa.Column("francs", sa.BigInteger(), nullable=False),
        sa.Column("entitlement", sa.BigInteger(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.CheckConstraint("kind IN ('engine', 'recorded', 'recorded_payment')", name="ck_premium_entries_kind"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_premium_entries_account_id"),
        sa.ForeignKeyConstraint(["depositor_id"], ["depositors.id"], name="fk_premium_entries_depositor_id"),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_premium_entries_depot_id"),
        sa.ForeignKeyConstraint(["version_id"], ["premium_scheme_versions.id"], name="fk_premium_entries_version_id"),
        sa.PrimaryKeyConstraint("id", name="pk_premium_entries"),
    )
    op.create_index("ix_premium_entries_day", "premium_entries", ["day"], unique=False)
    op.create_index("ix_premium_entries_depositor_id", "premium_entries", ["depositor_id", "day"], unique=False)
    op.create_index("ix_premium_entries_drop_off_id", "premium_entries", ["drop_off_id"], unique=False)
    op.create_table(
        "shipments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("depot_id", KEY, nullable=False),
        sa.Column("consignee_id", KEY, nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("container", sa.String(length=20), nullable=True),
        sa.Column("packages", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("departed_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", KEY, nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", KEY, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "departed_on IS NOT NULL OR state IN ('draft', 'cancelled')",
            name="ck_shipments_sent_has_departed",
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'sent', 'received', 'cancelled', 'reversed')", name="ck_shipments_state"
        ),
        sa.CheckConstraint("packages > 0", name="ck_shipments_packages_positive"),
        sa.CheckConstraint(
            "received_on IS NULL OR received_on >= departed_on", name="ck_shipments_received_after_departed"
        ),
        sa.ForeignKeyConstraint(["consignee_id"], ["consignees.id"], name="fk_shipments_consignee_id"),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_shipments_depot_id"),
        sa.ForeignKeyConstraint(["drafted_by"], ["accounts.id"], name="fk_shipments_drafted_by"),
        sa.ForeignKeyConstraint(["sent_by"], ["accounts.id"], name="fk_shipments_sent_by"),
        sa.PrimaryKeyConstraint("id", name="pk_shipments"),
        sa.UniqueConstraint("reference", name="uq_shipments_reference"),
    )
    op.create_index("ix_shipments_depot_id_departed_on", "shipments", ["depot_id", "departed_on"], unique=False)
    op.create_table(
        "sorting_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("sorting_id", KEY, nullable=False),
        sa.Column("category_id", KEY, nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("grams <> 0", name="ck_sorting_lines_grams_moved"),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name="fk_sorting_lines_category_id"),
        sa.ForeignKeyConstraint(["sorting_id"], ["sortings.id"], name="fk_sorting_lines_sorting_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sorting_lines"),
        sa.UniqueConstraint("sorting_id", "category_id", name="uq_sorting_lines_sorting_id_category_id"),
    )
    op.create_table(
        "stock_movements",
        sa.Column("id", KEY, nullable=False),
        sa.Column("depot_id", KEY, nullable=False),
        sa.Column("category_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("inferred", sa.Boolean(), nullable=False),
        sa.Column("reverses_id", KEY, nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.CheckConstraint("kind IN ('opening', 'drop_off', 'sorting', 'shipment')", name="ck_stock_movements_kind"),
        sa.CheckConstraint("grams <> 0 OR pieces <> 0", name="ck_stock_movements_moves_something"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_stock_movements_account_id"),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name="fk_stock_movements_category_id"),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_stock_movements_depot_id"),
        sa.ForeignKeyConstraint(["reverses_id"], ["stock_movements.id"], name="fk_stock_movements_reverses_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stock_movements"),
        sa.UniqueConstraint("reverses_id", name="uq_stock_movements_reverses_id"),
    )
    op.create_index("ix_stock_movements_balance", "stock_movements", ["depot_id", "category_id", "day"], unique=False)
    op.create_index("ix_stock_movements_day", "stock_movements", ["day"], unique=False)
    op.create_index("ix_stock_movements_event", "stock_movements", ["kind", "event_id"], unique=False)
    op.create_table(
        "web_sessions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_web_sessions_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_web_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_web_sessions_token_hash"),
    )
    op.create_index("ix_web_sessions_account_id", "web_sessions", ["account_id"], unique=False)
    op.create_table(
        "drop_off_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("drop_off_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category_id", KEY, nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=True),
        sa.Column("gross_grams", sa.BigInteger(), nullable=True),
        sa.Column("tare_grams", sa.BigInteger(), nullable=True),
        sa.Column("refused_grams", sa.BigInteger(), nullable=True),
        sa.Column("net_grams", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "NOT estimated OR (gross_grams IS NULL AND pieces IS NOT NULL)", name="ck_drop_off_lines_estimate"
        ),
        sa.CheckConstraint(
            "gross_grams IS NULL OR (tare_grams >= 0 AND refused_grams >= 0 AND net_grams = gross_grams - tare_grams - refused_grams)",
            name="ck_drop_off_lines_net_is_gross_less_tare_less_refused",
        ),
        sa.CheckConstraint("net_grams > 0", name="ck_drop_off_lines_net_positive"),
        sa.CheckConstraint("pieces > 0", name="ck_drop_off_lines_pieces_positive"),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name="fk_drop_off_lines_category_id"),
        sa.ForeignKeyConstraint(["drop_off_id"], ["drop_offs.id"], name="fk_drop_off_lines_drop_off_id"),
        sa.PrimaryKeyConstraint("id", name="pk_drop_off_lines"),
        sa.UniqueConstraint("drop_off_id", "position", name="uq_drop_off_lines_drop_off_id_position"),
    )
    op.create_index("ix_drop_off_lines_category_id", "drop_off_lines", ["category_id"], unique=False)
    op.create_table(
        "drop_off_voids",
        sa.Column("id", KEY, nullable=False),
        sa.Column("drop_off_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_drop_off_voids_account_id"),
        sa.ForeignKeyConstraint(["drop_off_id"], ["drop_offs.id"], name="fk_drop_off_voids_drop_off_id"),
        sa.PrimaryKeyConstraint("id", name="pk_drop_off_voids"),
        sa.UniqueConstraint("drop_off_id", name="uq_drop_off_voids_drop_off_id"),
    )
    op.create_table(
        "shipment_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("shipment_id", KEY, nullable=False),
        sa.Column("category_id", KEY, nullable=False),
        sa.Column("net_grams", sa.BigInteger(), nullable=False),
        sa.Column("received_grams", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("net_grams > 0", name="ck_shipment_lines_net_positive"),
        sa.CheckConstraint("received_grams >= 0", name="ck_shipment_lines_received_not_negative"),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name="fk_shipment_lines_category_id"),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name="fk_shipment_lines_shipment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_shipment_lines"),
        sa.UniqueConstraint("shipment_id", "category_id", name="uq_shipment_lines_shipment_id_category_id"),
    )


def downgrade() -> None:
    op.drop_table("shipment_lines")
    op.drop_table("drop_off_voids")
    op.drop_index("ix_drop_off_lines_category_id", table_name="drop_off_lines")
    op.drop_table("drop_off_lines")
    op.drop_index("ix_web_sessions_account_id", table_name="web_sessions")
    op.drop_table("web_sessions")
    op.drop_index("ix_stock_movements_event", table_name="stock_movements")
    op.drop_index("ix_stock_movements_day", table_name="stock_movements")
    op.drop_index("ix_stock_movements_balance", table_name="stock_movements")
    op.drop_table("stock_movements")
    op.drop_table("sorting_lines")
    op.drop_index("ix_shipments_depot_id_departed_on", table_name="shipments")
    op.drop_table("shipments")
    op.drop_index("ix_premium_entries_drop_off_id", table_name="premium_entries")
    op.drop_index("ix_premium_entries_depositor_id", table_name="premium_entries")
    op.drop_index("ix_premium_entries_day", table_name="premium_entries")
    op.drop_table("premium_entries")
    op.drop_table("premium_balances")
    op.drop_index("ix_journal_entries_subject", table_name="journal_entries")
    op.drop_table("journal_entries")
    op.drop_index("ix_drop_offs_depot_id_day", table_name="drop_offs")
    op.drop_index("ix_drop_offs_depositor_id_day", table_name="drop_offs")
    op.drop_table("drop_offs")
    op.drop_table("stock_openings")
    op.drop_table("stock_balances")
    op.drop_table("sortings")
    op.drop_table("premium_scheme_versions")
    op.drop_table("number_series")
    op.drop_index("ix_depositors_depot_id_phone", table_name="depositors")
    op.drop_index("ix_depositors_depot_id_folded_name", table_name="depositors")
    op.drop_table("depositors")
    op.drop_table("accounts")
    op.drop_table("sign_in_attempts")
    op.drop_table("setup_links")
    op.drop_table("premium_schemes")
    op.drop_table("journal_chains")
    op.drop_table("depots")
    op.drop_table("consignees")
    op.drop_table("categories")
