"""What must survive: lists, corrections, plans, decisions, jobs, drafts and who did what, in SQLite or PostgreSQL."""

from __future__ import annotations

from store.engine import Store, open_store
from store.errors import ConflictError, NotAllowedError, StoreError
from store.scope import Role, Scope, make_scope

__all__ = ["ConflictError", "NotAllowedError", "Role", "Scope", "Store", "StoreError", "make_scope", "open_store"]
