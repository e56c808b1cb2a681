"""Every table of the store, as it is now; how a file got there is in `store/migrations`.

Plain SQL types only, so that SQLite, PostgreSQL and their domestic relatives hold the same: moments are UTC text that
sorts (2026-11-25T08:00:00.000000Z), structures are JSON text, tables of the pipeline are Parquet with their sha256.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from coverage.vocabulary import State

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: RULEBOOK §4.7; the codes of `words` under state.<code>.
STATES = tuple(state.value for state in State)


def _text(name: str, default: str | None = None) -> Column[str]:
    """Return a text that is never null; "" is not stated."""
    return Column(name, Text, nullable=False, default=default)


def _count(name: str, default: int | None = None) -> Column[int]:
    return Column(name, Integer, nullable=False, default=default)


def _version() -> Column[int]:
    """Return the number that every edit raises: whoever edits names the one he saw."""
    return Column("version", Integer, nullable=False, default=1)


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    options = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({options})", name=column)


def _parts(owner: str, parent: Table) -> Table:
    """Return the table that holds the pipeline's tables of a list or plan, one row a table and province."""
    return Table(
        f"{owner}_part",
        METADATA,
        Column(f"{owner}_id", Text, ForeignKey(parent.c.id), primary_key=True),
        Column("name", Text, primary_key=True, comment="name of the table in the pipeline"),
        Column("province", Text, primary_key=True, comment="first two digits of the county codes, '' none"),
        _count("row_count"),
        _text("sha256"),
        Column("content", LargeBinary, nullable=False, comment="Parquet"),
        CheckConstraint("row_count >= 0", name="row_count"),
    )


dataset = Table(
    "dataset",
    METADATA,
    Column("id", Text, primary_key=True),
    _text("kind"),
    _text("name"),
    _text("sha256"),
    _text("area"),
    _text("crs", ""),
    _count("is_demo", 0),
    _text("files"),
    _text("facts"),
    _count("rows_in"),
    _count("rows_ok"),
    _count("rows_rejected"),
    _text("state"),
    Column("replaces", Text, ForeignKey("dataset.id")),
    _text("created_by"),
    _text("created_at"),
    _version(),
    UniqueConstraint("sha256"),
    _one_of("kind", ("orgs", "venues")),
    _one_of("state", ("preview", "active", "archived")),
    CheckConstraint("rows_in = rows_ok + rows_rejected", name="rows"),
    CheckConstraint("rows_ok >= 0 AND rows_rejected >= 0", name="counts"),
    comment="a list as it was read; the upload itself is never kept",
)
dataset_part = _parts("dataset", dataset)

org = Table(
    "org",
    METADATA,
    Column("dataset_id", Text, ForeignKey("dataset.id"), primary_key=True),
    Column("org_id", Text, primary_key=True),
    _text("name"),
    _text("adcode"),
    Column("members", Integer),
    CheckConstraint("members >= 0", name="members"),
    Index(None, "org_id"),
    comment="the organisations of a list by id and name: what corrections, units and searches point at",
)

row_reject = Table(
    "row_reject",
    METADATA,
    Column("dataset_id", Text, ForeignKey("dataset.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _text("file"),
    _text("sheet"),
    Column("row", Integer),
    _text("column"),
    _text("code"),
    _text("value"),
    comment="rows that were not taken, and why",
)

correction = Table(
    "correction",
    METADATA,
    Column("org_id", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _text("name"),
    _text("adcode"),
    Column("value", Text, comment="JSON; null = as in the list again"),
    _text("note", ""),
    _text("actor"),
    _text("at"),
    CheckConstraint("number > 0", name="number"),
    Index(None, "adcode"),
    comment="append-only: the highest number counts, for every list that has the organisation",
)

landmark = Table(
    "landmark",
    METADATA,
    Column("id", Integer, primary_key=True),
    _text("adcode"),
    _text("township", ""),
    _text("kind"),
    _text("name"),
    _text("number", ""),
    Column("lon", Double, comment="WGS-84 degrees; null = withdrawn"),
    Column("lat", Double),
    _text("level"),
    Column("radius_m", Double, nullable=False),
    _text("source"),
    _text("terms", ""),
    _text("subject", ""),
    _text("actor"),
    _text("at"),
    CheckConstraint("radius_m > 0", name="radius_m"),
    _one_of("kind", ("road", "building", "township")),
    _one_of("level", ("given", "door", "road", "town")),
    Index(None, "adcode"),
    Index(None, "subject"),
    comment="append-only: known points of roads, buildings, townships; the last row of a subject counts",
)

plan = Table(
    "plan",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("dataset_id", Text, ForeignKey("dataset.id"), nullable=False),
    Column("venues_id", Text, ForeignKey("dataset.id")),
    _text("name"),
    _text("area"),
    _text("settings"),
    _text("settings_sha256"),
    _text("input_sha256", ""),
    _text("facts", "{}"),
    _text("state"),
    _text("created_by"),
    _text("created_at"),
    _version(),
    Index(None, "dataset_id"),
    _one_of("state", ("open", "partial", "done", "archived")),
    comment="a list with settings; its tables stand for input_sha256, '' before the first run",
)
plan_part = _parts("plan", plan)

grp = Table(
    "grp",
    METADATA,
    Column("plan_id", Text, ForeignKey("plan.id"), primary_key=True),
    Column("group_id", Text, primary_key=True),
    _text("adcode"),
    _text("form"),
    _text("host_id", ""),
    _text("state", "draft"),
    _count("is_locked", 0),
    _text("locked_by", ""),
    _text("note", ""),
    _version(),
    _one_of("form", ("joint", "attached", "regional", "industry")),
    _one_of("state", STATES),
    CheckConstraint("is_locked IN (0, 1)", name="is_locked"),
    comment="a proposed unit",
)

grp_member = Table(
    "grp_member",
    METADATA,
    Column("plan_id", Text, primary_key=True),
    Column("org_id", Text, primary_key=True),
    _text("group_id"),
    _text("role"),
    ForeignKeyConstraint(["plan_id", "group_id"], ["grp.plan_id", "grp.group_id"], ondelete="CASCADE"),
    _one_of("role", ("lead", "member")),
    Index(None, "plan_id", "group_id"),
    comment="each organisation in one unit of a plan; hosts have a unit of their own and are not in it",
)

active_unit = Table(
    "active_unit",
    METADATA,
    Column("org_id", Text, primary_key=True),
    _text("plan_id"),
    _text("group_id"),
    _text("since"),
    Index(None, "plan_id", "group_id"),
    comment="each organisation in one active unit, over all plans: approved and not yet dissolved (RULEBOOK §1)",
)

planner_constraint = Table(
    "planner_constraint",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("plan_id", Text, ForeignKey("plan.id"), nullable=False),
    _text("kind"),
    _text("org_id"),
    _text("other_id", ""),
    _text("value", ""),
    _text("adcode"),
    _text("note", ""),
    _count("is_active", 1),
    _text("created_by"),
    _text("created_at"),
    _version(),
    UniqueConstraint("plan_id", "kind", "org_id", "other_id"),
    _one_of("kind", ("forbid", "force", "remedy", "lead")),
    comment="what a planner fixed: a pair forbidden or forced, an organisation's remedy, a unit's lead",
)

decision = Table(
    "decision",
    METADATA,
    Column("id", Integer, primary_key=True),
    _text("plan_id"),
    _text("group_id"),
    _text("adcode"),
    _text("from_state"),
    _text("to_state"),
    _text("note", ""),
    _text("actor"),
    _text("at"),
    _one_of("from_state", STATES),
    _one_of("to_state", STATES),
    Index(None, "plan_id", "group_id"),
    comment="append-only: only a person moves a proposal past draft (RULEBOOK §4.7)",
)

snapshot = Table(
    "snapshot",
    METADATA,
    Column("id", Text, primary_key=True),
    _text("plan_id"),
    _text("name"),
    _text("area"),
    _text("as_of"),
    _count("row_count"),
    _text("sha256"),
    Column("content", LargeBinary, nullable=False, comment="Parquet: the table Coverage"),
    _text("created_by"),
    _text("created_at"),
    comment="the figures of a day, for trends",
)

template = Table(
    "template",
    METADATA,
    Column("id", Text, primary_key=True, comment="hash of the flattened headers of a form"),
    _text("columns"),
    _version(),
    comment="what the columns of a form of list are taken for",
)

choice = Table(
    "choice",
    METADATA,
    Column("actor", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    _text("value"),
    _text("at"),
    comment="what a user had in use last",
)

user_scope = Table(
    "user_scope",
    METADATA,
    Column("actor", Text, primary_key=True),
    Column("area", Text, primary_key=True),
    _text("role"),
    _version(),
    _one_of("role", ("leader", "planner", "admin")),
    comment="role × leading digits of the area",
)

audit = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    _text("at"),
    _text("actor"),
    _text("action"),
    _text("object"),
    _text("area"),
    Column("before", Text),
    Column("after", Text),
    Column("undoes", Integer, unique=True),
    _text("prev_hash"),
    _text("hash"),
    Index(None, "object"),
    comment="append-only and chained: hash covers the row and the hash before it",
)

audit_head = Table(
    "audit_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _count("number"),
    _text("hash"),
    CheckConstraint("id = 1", name="one_row"),
    comment="the end of the chain: rows cut off its end are missed here",
)

draft = Table(
    "draft",
    METADATA,
    Column("actor", Text, primary_key=True),
    Column("form", Text, primary_key=True),
    Column("object", Text, primary_key=True),
    _text("content"),
    _text("saved_at"),
    comment="what somebody typed and has not saved yet",
)

job = Table(
    "job",
    METADATA,
    Column("id", Text, primary_key=True),
    _text("kind"),
    _text("arguments"),
    _text("area"),
    _text("actor"),
    _text("state"),
    _text("stage", ""),
    _count("done", 0),
    _count("total", 0),
    _text("message", ""),
    _text("result", ""),
    _count("is_cancelled", 0),
    _count("attempts", 0),
    _text("worker", ""),
    _text("created_at"),
    _text("heartbeat_at", ""),
    _text("ended_at", ""),
    _one_of("state", ("queued", "running", "done", "partial", "failed", "cancelled")),
    CheckConstraint("done >= 0 AND total >= 0", name="progress"),
    Index(None, "state"),
    comment="long work outside the page",
)

task_result = Table(
    "task_result",
    METADATA,
    Column("task", Text, primary_key=True, comment="what is being made: kind and id"),
    Column("key", Text, primary_key=True, comment="the county or block"),
    Column("input_sha256", Text, primary_key=True),
    _text("sha256"),
    Column("content", LargeBinary, nullable=False),
    _text("at"),
    comment="finished counties of running work",
)
