"""cast_wish(): a fan's wish in one round trip, with its conditions, its tally and what is true afterwards."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Each statement in here sees what was committed before it: after the fan's row is locked, no other wish of
# that fan is under way, so the count of wishes is right. The clock is the caller's; time spent in waiting for
# a lock is added to it, so that nothing is written after a show's start.
CAST_WISH = """
CREATE FUNCTION cast_wish(
    p_show_id bigint, p_song_id bigint, p_fan_key uuid, p_account_id bigint,
    p_wanted boolean, p_quota integer, p_now timestamptz, p_mark bytea,
    OUT outcome text, OUT state text, OUT wishes_accounts integer, OUT wishes_guests integer,
    OUT used integer, OUT top integer
)
LANGUAGE plpgsql AS $$
DECLARE
    began CONSTANT timestamptz := clock_timestamp();
    fan_row bigint;
    seen_at timestamptz;
    show_row shows%ROWTYPE;
    is_written boolean;
BEGIN
    IF p_account_id IS NULL THEN
        SELECT id, last_seen_at INTO fan_row, seen_at FROM fans WHERE key = p_fan_key FOR UPDATE;
    ELSE
        SELECT id, last_seen_at INTO fan_row, seen_at FROM fans WHERE account_id = p_account_id FOR UPDATE;
    END IF;
    IF fan_row IS NULL AND p_wanted THEN
        IF p_account_id IS NULL THEN
            INSERT INTO fans AS f (key, created_at, last_seen_at) VALUES (p_fan_key, p_now, p_now)
            ON CONFLICT (key) DO UPDATE SET last_seen_at = excluded.last_seen_at
            RETURNING f.id INTO fan_row;
        ELSE
            INSERT INTO fans AS f (key, account_id, created_at, last_seen_at)
            VALUES (gen_random_uuid(), p_account_id, p_now, p_now)
            ON CONFLICT (account_id) DO UPDATE SET last_seen_at = excluded.last_seen_at
            RETURNING f.id INTO fan_row;
        END IF;
    ELSIF seen_at < p_now - interval '1 hour' THEN
        UPDATE fans SET last_seen_at = p_now WHERE id = fan_row;
    END IF;

    IF p_wanted THEN
        WITH given AS (
            INSERT INTO votes AS v
                (show_id, song_id, fan_id, state, by_account, created_at, changed_at, address_mark)
            SELECT b.show_id, b.song_id, fan_row, 'on', p_account_id IS NOT NULL, p_now, p_now, p_mark
            FROM ballot_songs b JOIN shows s ON s.id = b.show_id
            WHERE b.show_id = p_show_id AND b.song_id = p_song_id
              AND s.status <> 'cancelled'
              AND (s.locks_at IS NULL OR s.locks_at > p_now + (clock_timestamp() - began))
              AND p_quota > (SELECT count(*) FROM votes o
                             WHERE o.show_id = p_show_id AND o.fan_id = fan_row AND o.state = 'on')
            ON CONFLICT (show_id, fan_id, song_id)
                DO UPDATE SET state = 'on', by_account = excluded.by_account,
                    changed_at = excluded.changed_at, address_mark = excluded.address_mark
                WHERE v.state = 'off'
            RETURNING v.by_account
        )
        UPDATE ballot_songs b
        SET wishes_accounts = b.wishes_accounts + g.by_account::int,
            wishes_guests = b.wishes_guests + (NOT g.by_account)::int
        FROM given g
        WHERE b.show_id = p_show_id AND b.song_id = p_song_id;
    ELSE
        WITH taken AS (
            UPDATE votes v SET state = 'off', changed_at = p_now
            FROM shows s
            WHERE v.show_id = p_show_id AND v.song_id = p_song_id AND v.fan_id = fan_row AND v.state = 'on'
              AND s.id = v.show_id AND s.status <> 'cancelled'
              AND (s.locks_at IS NULL OR s.locks_at > p_now + (clock_timestamp() - began))
            RETURNING v.by_account
        )
        UPDATE ballot_songs b
        SET wishes_accounts = b.wishes_accounts - t.by_account::int,
            wishes_guests = b.wishes_guests - (NOT t.by_account)::int
        FROM taken t
        WHERE b.show_id = p_show_id AND b.song_id = p_song_id;
    END IF;
    is_written := FOUND;

    SELECT max(b.wishes_accounts + b.wishes_guests) INTO top FROM ballot_songs b WHERE b.show_id = p_show_id;
    SELECT count(*) INTO used FROM votes o
    WHERE o.show_id = p_show_id AND o.fan_id = fan_row AND o.state = 'on';
    SELECT b.wishes_accounts, b.wishes_guests, v.state INTO wishes_accounts, wishes_guests, state
    FROM ballot_songs b
    LEFT JOIN votes v ON v.show_id = b.show_id AND v.song_id = b.song_id AND v.fan_id = fan_row
    WHERE b.show_id = p_show_id AND b.song_id = p_song_id;
    IF is_written THEN
        outcome := 'recorded';
        RETURN;
    END IF;

    SELECT s.* INTO show_row FROM shows s WHERE s.id = p_show_id;
    outcome := CASE
        WHEN show_row.id IS NULL THEN 'no_such_show'
        WHEN wishes_accounts IS NULL THEN 'no_such_song'
        WHEN state = 'void' THEN 'voided'
        WHEN (coalesce(state, 'off') = 'on') = p_wanted THEN 'unchanged'
        WHEN show_row.status = 'cancelled' THEN 'cancelled'
        WHEN show_row.locks_at <= p_now + (clock_timestamp() - began) THEN 'locked'
        ELSE 'quota'
    END;
END
$$
"""
DROP = "DROP FUNCTION cast_wish(bigint, bigint, uuid, bigint, boolean, integer, timestamptz, bytea)"


def upgrade() -> None:
    op.execute(CAST_WISH)


def downgrade() -> None:
    op.execute(DROP)
