-- What changed for whoever looks on live, in the transaction that changes it: ids and names of
-- columns, nobody's words. A row is found by the snapshot and not by its number: see live_since().
CREATE OR REPLACE FUNCTION message_went_live() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    INSERT INTO live_changes (hotel_id, kind, what, subject_id, conversation_id)
    SELECT NEW.hotel_id,
        CASE WHEN TG_OP = 'UPDATE' AND c.what NOT IN ('edited', 'deleted') THEN 'tick'
            ELSE 'message' END,
        c.what, NEW.id, NEW.conversation_id
    FROM (SELECT CASE
        WHEN TG_OP = 'INSERT' THEN 'new'
        WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'deleted'
        WHEN OLD.edited_at IS DISTINCT FROM NEW.edited_at THEN 'edited'
        ELSE NEW.status END AS what) c
    WHERE c.what IS NOT NULL;
    RETURN NULL;
END $$;

-- Whatever column of a chat is added later is told too; what every message and turn moves is not.
CREATE OR REPLACE FUNCTION conversation_went_live() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    changed text := 'opened';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT string_agg(n.key, ',' ORDER BY n.key) INTO changed
        FROM jsonb_each(to_jsonb(NEW) - ARRAY['updated_at', 'last_message_at', 'last_inbound_at',
            'state', 'lease_owner', 'lease_until', 'tries', 'fence', 'language', 'waiting_since',
            'unassigned_due', 'assigned_at']) n
        WHERE n.value IS DISTINCT FROM to_jsonb(OLD) -> n.key;
        IF OLD.lease_owner IS DISTINCT FROM NEW.lease_owner AND NEW.owner = 'bot' THEN
            INSERT INTO live_changes (hotel_id, kind, what, subject_id, conversation_id)
            VALUES (NEW.hotel_id, 'thinking',
                CASE WHEN NEW.lease_owner IS NULL THEN 'off' ELSE 'on' END, NEW.id, NEW.id);
        END IF;
    END IF;
    IF changed IS NOT NULL THEN
        INSERT INTO live_changes (hotel_id, kind, what, subject_id, conversation_id)
        VALUES (NEW.hotel_id, 'conversation', changed, NEW.id, NEW.id);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION notification_went_live() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    INSERT INTO live_changes (hotel_id, kind, what, subject_id, conversation_id)
    VALUES (NEW.hotel_id, 'notification', CASE WHEN TG_OP = 'INSERT' THEN 'new' ELSE NEW.status END,
        NEW.id, NEW.conversation_id);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION event_went_live() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    INSERT INTO live_changes (hotel_id, kind, what, subject_id)
    VALUES (NEW.hotel_id, 'event', NEW.event_type, NEW.id);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER live_new AFTER INSERT ON messages
    FOR EACH ROW EXECUTE FUNCTION message_went_live();
CREATE OR REPLACE TRIGGER live_changed AFTER UPDATE ON messages
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status
        OR OLD.edited_at IS DISTINCT FROM NEW.edited_at
        OR (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL))
    EXECUTE FUNCTION message_went_live();
CREATE OR REPLACE TRIGGER live_changed AFTER INSERT OR UPDATE ON conversations
    FOR EACH ROW EXECUTE FUNCTION conversation_went_live();
CREATE OR REPLACE TRIGGER live_new AFTER INSERT ON staff_notifications
    FOR EACH ROW EXECUTE FUNCTION notification_went_live();
CREATE OR REPLACE TRIGGER live_changed AFTER UPDATE ON staff_notifications
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status
        OR OLD.priority_score IS DISTINCT FROM NEW.priority_score)
    EXECUTE FUNCTION notification_went_live();
CREATE OR REPLACE TRIGGER live_new AFTER INSERT ON outbox_events
    FOR EACH ROW EXECUTE FUNCTION event_went_live();

-- What became visible after the snapshot `old` and up to `until`, or up to now where that is null.
-- A number says when a row was written, not when it was committed: whoever reads on from the highest
-- number seen misses what was written before and committed after. A snapshot says exactly which
-- transactions were over, so nothing is skipped, nothing comes twice, and nobody's long transaction
-- is waited for. Rows of one reading are in the order of their numbers, beginning after `past`; the
-- first row also tells `until` where there is none else.
CREATE OR REPLACE FUNCTION live_since(of_hotel uuid, old text, until text, past bigint, most int)
RETURNS TABLE (at text, seq bigint, kind text, what text, subject_id uuid, conversation_id uuid,
    changed_at timestamptz)
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT s.at::text, c.seq, c.kind, c.what, c.subject_id, c.conversation_id, c.created_at
    FROM (SELECT coalesce(until::pg_snapshot, pg_current_snapshot()) AS at) s
    LEFT JOIN LATERAL (
        SELECT l.* FROM live_changes l
        WHERE l.hotel_id = of_hotel
          AND l.xact >= pg_snapshot_xmin(old::pg_snapshot)::text::bigint
          AND NOT pg_visible_in_snapshot(l.xact::text::xid8, old::pg_snapshot)
          AND (until IS NULL OR pg_visible_in_snapshot(l.xact::text::xid8, until::pg_snapshot))
          AND l.seq > past
        ORDER BY l.seq
        LIMIT most) c ON true
    ORDER BY c.seq
$$;

REVOKE ALL ON FUNCTION message_went_live(), conversation_went_live(), notification_went_live(),
    event_went_live(), live_since(uuid, text, text, bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION message_went_live(), conversation_went_live(), notification_went_live(),
    event_went_live(), live_since(uuid, text, text, bigint, int) TO hotel_bot_tenant;
