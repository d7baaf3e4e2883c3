"""Every foreign key has an index that serves it: deletions and joins find the rows that refer to one."""

from sqlalchemy import text
from sqlalchemy.orm import Session

# An index that begins with the key's columns, of all rows or of those in which the key is not empty.
UNSERVED = text("""
SELECT conrelid::regclass || '.' || conname
FROM pg_constraint fk
WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS (
    SELECT 1 FROM pg_index ix
    WHERE ix.indrelid = fk.conrelid AND ix.indisvalid
      AND (ix.indkey::int2[])[0:cardinality(fk.conkey) - 1] @> fk.conkey
      AND (ix.indpred IS NULL OR pg_get_expr(ix.indpred, ix.indrelid) = (
          SELECT format('(%I IS NOT NULL)', attname) FROM pg_attribute
          WHERE attrelid = fk.conrelid AND attnum = fk.conkey[1])))
ORDER BY 1
""")


def test_every_foreign_key_has_an_index_that_serves_it(session: Session) -> None:
    assert list(session.scalars(UNSERVED)) == []


def test_one_without_an_index_is_noticed(session: Session) -> None:
    session.execute(text("DROP INDEX ix_votes_fan_id_show_id"))
    session.execute(text("DROP INDEX ix_external_ids_show_id"))
    session.execute(text("CREATE INDEX ON external_ids (show_id) WHERE kind = 'event'"))
    found = list(session.scalars(UNSERVED))
    session.rollback()
    assert found == ["external_ids.fk_external_ids_show_id", "votes.fk_votes_fan_id"]
