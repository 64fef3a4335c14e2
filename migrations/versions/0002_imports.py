"""Old books: which were entered, and what became of each row."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", KEY, nullable=False),
        sa.Column("depot_id", KEY, nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_imports_account_id"),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_imports_depot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_index("ix_imports_depot_id", "imports", ["depot_id"])
    op.create_table(
        "import_rows",
        sa.Column("id", KEY, nullable=False),
        sa.Column("import_id", KEY, nullable=False),
        sa.Column("depot_id", KEY, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=True),
        sa.Column("drop_off_id", KEY, nullable=True),
        sa.Column("shipment_id", KEY, nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.CheckConstraint("drop_off_id IS NULL OR shipment_id IS NULL", name="ck_import_rows_one_event"),
        sa.CheckConstraint(
            "(state = 'accepted') = (drop_off_id IS NOT NULL OR shipment_id IS NOT NULL)",
            name="ck_import_rows_accepted_has_event",
        ),
        sa.CheckConstraint("state IN ('accepted', 'waiting')", name="ck_import_rows_state"),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name="fk_import_rows_depot_id"),
        sa.ForeignKeyConstraint(["drop_off_id"], ["drop_offs.id"], name="fk_import_rows_drop_off_id"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_rows_import_id"),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name="fk_import_rows_shipment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_import_rows"),
        sa.UniqueConstraint("depot_id", "identity", name="uq_import_rows_depot_id_identity"),
    )
    op.create_index("ix_import_rows_import_id", "import_rows", ["import_id"])
    op.create_index("ix_import_rows_drop_off_id", "import_rows", ["drop_off_id"])
    op.create_index("ix_import_rows_shipment_id", "import_rows", ["shipment_id"])


def downgrade() -> None:
    """Refuses once a book was imported: the books before this have no place for its rows, and nothing is deleted."""
    if op.get_bind().execute(sa.text("SELECT count(*) FROM imports")).scalar_one():
        raise RuntimeError("imports holds rows that revision 0001 cannot keep")
    op.drop_table("import_rows")
    op.drop_table("imports")
