"""Lists, corrections, plans, units, decisions, figures of a day, users, and who changed what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_STATES = (
    "'draft', 'verified', 'consulted', 'submitted', 'approved', 'elected', 'filed', 'running', "
    "'adjusted', 'renewed', 'dissolved', 'blocked', 'returned', 'void'"
)


def upgrade() -> None:
    """Make the tables."""
    _active_unit()
    _audit()
    _audit_head()
    _choice()
    _correction()
    _dataset()
    _decision()
    _snapshot()
    _template()
    _user_scope()
    _dataset_part()
    _org()
    _plan()
    _row_reject()
    _grp()
    _plan_part()
    _planner_constraint()
    _grp_member()
    op.execute(sa.text("INSERT INTO audit_head (id, number, hash) VALUES (1, 0, :first)").bindparams(first="0" * 64))


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "grp_member",
        "planner_constraint",
        "plan_part",
        "grp",
        "row_reject",
        "plan",
        "org",
        "dataset_part",
        "user_scope",
        "template",
        "snapshot",
        "decision",
        "dataset",
        "correction",
        "choice",
        "audit_head",
        "audit",
        "active_unit",
    ):
        op.drop_table(name)


def _active_unit() -> None:
    op.create_table(
        "active_unit",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", name="pk_active_unit"),
        comment="each organisation in one active unit, over all plans: approved and not yet dissolved (RULEBOOK §1)",
    )
    op.create_index("ix_active_unit_plan_id_group_id", "active_unit", ["plan_id", "group_id"], unique=False)


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
        sa.UniqueConstraint("undoes", name="uq_audit_undoes"),
        comment="append-only and chained: hash covers the row and the hash before it",
    )
    op.create_index("ix_audit_object", "audit", ["object"], unique=False)


def _audit_head() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_audit_head_one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
        comment="the end of the chain: rows cut off its end are missed here",
    )


def _choice() -> None:
    op.create_table(
        "choice",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "name", name="pk_choice"),
        comment="what a user had in use last",
    )


def _correction() -> None:
    op.create_table(
        "correction",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("adcode", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True, comment="JSON; null = as in the list again"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.CheckConstraint("number > 0", name="ck_correction_number"),
        sa.PrimaryKeyConstraint("org_id", "field", "number", name="pk_correction"),
        comment="append-only: the highest number counts, for every list that has the organisation",
    )
    op.create_index("ix_correction_adcode", "correction", ["adcode"], unique=False)


def _dataset() -> None:
    op.create_table(
        "dataset",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("crs", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Integer(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("rows_in", sa.Integer(), nullable=False),
        sa.Column("rows_ok", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("replaces", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('orgs', 'venues')", name="ck_dataset_kind"),
        sa.CheckConstraint("state IN ('preview', 'active', 'archived')", name="ck_dataset_state"),
        sa.CheckConstraint("rows_in = rows_ok + rows_rejected", name="ck_dataset_rows"),
        sa.CheckConstraint("rows_ok >= 0 AND rows_rejected >= 0", name="ck_dataset_counts"),
        sa.ForeignKeyConstraint(["replaces"], ["dataset.id"], name="fk_dataset_replaces"),
        sa.PrimaryKeyConstraint("id", name="pk_dataset"),
        sa.UniqueConstraint("sha256", name="uq_dataset_sha256"),
        comment="a list as it was read; the upload itself is never kept",
    )


def _decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("adcode", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.CheckConstraint(
            f"from_state IN ({_STATES})",
            name="ck_decision_from_state",
        ),
        sa.CheckConstraint(
            f"to_state IN ({_STATES})",
            name="ck_decision_to_state",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        comment="append-only: only a person moves a proposal past draft (RULEBOOK §4.7)",
    )
    op.create_index("ix_decision_plan_id_group_id", "decision", ["plan_id", "group_id"], unique=False)


def _snapshot() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Text(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="Parquet: the table Coverage"),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_snapshot"),
        comment="the figures of a day, for trends",
    )


def _template() -> None:
    op.create_table(
        "template",
        sa.Column("id", sa.Text(), nullable=False, comment="hash of the flattened headers of a form"),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_template"),
        comment="what the columns of a form of list are taken for",
    )


def _user_scope() -> None:
    op.create_table(
        "user_scope",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("role IN ('leader', 'planner', 'admin')", name="ck_user_scope_role"),
        sa.PrimaryKeyConstraint("actor", "area", name="pk_user_scope"),
        comment="role × leading digits of the area",
    )


def _dataset_part() -> None:
    op.create_table(
        "dataset_part",
        sa.Column("dataset_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="name of the table in the pipeline"),
        sa.Column("province", sa.Text(), nullable=False, comment="first two digits of the county codes, '' none"),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="Parquet"),
        sa.CheckConstraint("row_count >= 0", name="ck_dataset_part_row_count"),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_dataset_part_dataset_id"),
        sa.PrimaryKeyConstraint("dataset_id", "name", "province", name="pk_dataset_part"),
    )


def _org() -> None:
    op.create_table(
        "org",
        sa.Column("dataset_id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("adcode", sa.Text(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.CheckConstraint("members >= 0", name="ck_org_members"),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_org_dataset_id"),
        sa.PrimaryKeyConstraint("dataset_id", "org_id", name="pk_org"),
        comment="the organisations of a list by id and name: what corrections, units and searches point at",
    )
    op.create_index("ix_org_org_id", "org", ["org_id"], unique=False)


def _plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("dataset_id", sa.Text(), nullable=False),
        sa.Column("venues_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("settings_sha256", sa.Text(), nullable=False),
        sa.Column("input_sha256", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'partial', 'done', 'archived')", name="ck_plan_state"),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_plan_dataset_id"),
        sa.ForeignKeyConstraint(["venues_id"], ["dataset.id"], name="fk_plan_venues_id"),
        sa.PrimaryKeyConstraint("id", name="pk_plan"),
        comment="a list with settings; its tables stand for input_sha256, '' before the first run",
    )
    op.create_index("ix_plan_dataset_id", "plan", ["dataset_id"], unique=False)


def _row_reject() -> None:
    op.create_table(
        "row_reject",
        sa.Column("dataset_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_row_reject_dataset_id"),
        sa.PrimaryKeyConstraint("dataset_id", "number", name="pk_row_reject"),
        comment="rows that were not taken, and why",
    )


def _grp() -> None:
    op.create_table(
        "grp",
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("adcode", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("host_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_locked", sa.Integer(), nullable=False),
        sa.Column("locked_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("form IN ('joint', 'attached', 'regional', 'industry')", name="ck_grp_form"),
        sa.CheckConstraint(
            f"state IN ({_STATES})",
            name="ck_grp_state",
        ),
        sa.CheckConstraint("is_locked IN (0, 1)", name="ck_grp_is_locked"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_grp_plan_id"),
        sa.PrimaryKeyConstraint("plan_id", "group_id", name="pk_grp"),
        comment="a proposed unit",
    )


def _plan_part() -> None:
    op.create_table(
        "plan_part",
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="name of the table in the pipeline"),
        sa.Column("province", sa.Text(), nullable=False, comment="first two digits of the county codes, '' none"),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="Parquet"),
        sa.CheckConstraint("row_count >= 0", name="ck_plan_part_row_count"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_plan_part_plan_id"),
        sa.PrimaryKeyConstraint("plan_id", "name", "province", name="pk_plan_part"),
    )


def _planner_constraint() -> None:
    op.create_table(
        "planner_constraint",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("other_id", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("adcode", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('forbid', 'force', 'remedy', 'lead')", name="ck_planner_constraint_kind"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_planner_constraint_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_planner_constraint"),
        sa.UniqueConstraint(
            "plan_id", "kind", "org_id", "other_id", name="uq_planner_constraint_plan_id_kind_org_id_other_id"
        ),
        comment="what a planner fixed: a pair forbidden or forced, an organisation's remedy, a unit's lead",
    )


def _grp_member() -> None:
    op.create_table(
        "grp_member",
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('lead', 'member')", name="ck_grp_member_role"),
        sa.ForeignKeyConstraint(
            ["plan_id", "group_id"], ["grp.plan_id", "grp.group_id"], name="fk_grp_member_plan_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "org_id", name="pk_grp_member"),
        comment="each organisation in one unit of a plan; hosts have a unit of their own and are not in it",
    )
    op.create_index("ix_grp_member_plan_id_group_id", "grp_member", ["plan_id", "group_id"], unique=False)
