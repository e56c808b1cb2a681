"""Drafts, jobs, and the counties that running jobs have finished."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _draft()
    _job()
    _task_result()


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "task_result",
        "job",
        "draft",
    ):
        op.drop_table(name)


def _draft() -> None:
    op.create_table(
        "draft",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "form", "object", name="pk_draft"),
        comment="what somebody typed and has not saved yet",
    )


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("is_cancelled", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("heartbeat_at", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'partial', 'failed', 'cancelled')", name="ck_job_state"
        ),
        sa.CheckConstraint("done >= 0 AND total >= 0", name="ck_job_progress"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        comment="long work outside the page",
    )
    op.create_index("ix_job_state", "job", ["state"], unique=False)


def _task_result() -> None:
    op.create_table(
        "task_result",
        sa.Column("task", sa.Text(), nullable=False, comment="what is being made: kind and id"),
        sa.Column("key", sa.Text(), nullable=False, comment="the county or block"),
        sa.Column("input_sha256", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("task", "key", "input_sha256", name="pk_task_result"),
        comment="finished counties of running work",
    )
