"""Known points of roads with numbers, buildings and townships: the gazetteer that grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "landmark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("adcode", sa.Text(), nullable=False),
        sa.Column("township", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True, comment="WGS-84 degrees; null = withdrawn"),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("radius_m", sa.Double(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.CheckConstraint("radius_m > 0", name="ck_landmark_radius_m"),
        sa.CheckConstraint("kind IN ('road', 'building', 'township')", name="ck_landmark_kind"),
        sa.CheckConstraint("level IN ('given', 'door', 'road', 'town')", name="ck_landmark_level"),
        sa.PrimaryKeyConstraint("id", name="pk_landmark"),
        comment="append-only: known points of roads, buildings, townships; the last row of a subject counts",
    )
    op.create_index("ix_landmark_adcode", "landmark", ["adcode"], unique=False)
    op.create_index("ix_landmark_subject", "landmark", ["subject"], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("landmark")
