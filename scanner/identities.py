"""Identity keys in the store, for the reconciliation of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.reconcile.identity import IdentityKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb


class StoredIdentities:
    """Keys of table asset_identity; `run_id` marks those written now."""

    def __init__(self, con: duckdb.DuckDBPyConnection, run_id: str) -> None:
        self._con = con
        self._run_id = run_id

    def read(self) -> list[IdentityKey]:
        """All keys known, in a fixed order."""
        rows = self._con.execute(
            """
            select asset_id, key_type, key_value
            from asset_identity
            where key_type <> 'grain'
            order by all
            """
        ).fetchall()
        return [IdentityKey(*row) for row in rows]

    def write(self, keys: Sequence[IdentityKey]) -> None:
        """Keep these; a key that was another asset's is this one's from now on."""
        if not keys:
            return
        self._con.executemany(
            """
            insert into asset_identity values ($asset_id, $key_type, $key_value, $run_id, $run_id)
            on conflict (key_type, key_value) do update set
                asset_id = excluded.asset_id,
                last_run = excluded.last_run
            """,
            [
                {
                    "asset_id": key.asset_id,
                    "key_type": key.key_type,
                    "key_value": key.key_value,
                    "run_id": self._run_id,
                }
                for key in keys
            ],
        )
