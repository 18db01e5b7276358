-- How many open chats each person at the desk has is counted here, whoever changes a chat.
CREATE OR REPLACE FUNCTION counts_for(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, public
AS $$
    SELECT status IN ('active', 'escalated', 'pending')
$$;

CREATE OR REPLACE FUNCTION count_load() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    was uuid := CASE WHEN counts_for(OLD.status) THEN OLD.assignee_id END;
    then_ uuid := CASE WHEN counts_for(NEW.status) THEN NEW.assignee_id END;
BEGIN
    IF was IS DISTINCT FROM then_ THEN
        -- both in one order, so that two who swap chats do not wait for each other
        PERFORM FROM desk_seats s
        WHERE s.hotel_id = NEW.hotel_id AND s.membership_id IN (was, then_)
        ORDER BY s.id FOR UPDATE;
        UPDATE desk_seats s SET
            load = s.load - (s.membership_id IS NOT DISTINCT FROM was)::int
                + (s.membership_id IS NOT DISTINCT FROM then_)::int,
            assigned_at = CASE WHEN s.membership_id = then_ THEN coalesce(NEW.assigned_at, now())
                ELSE s.assigned_at END
        WHERE s.hotel_id = NEW.hotel_id AND s.membership_id IN (was, then_);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER count_load AFTER UPDATE OF assignee_id, status ON conversations
    FOR EACH ROW WHEN (OLD.assignee_id IS NOT NULL OR NEW.assignee_id IS NOT NULL)
    EXECUTE FUNCTION count_load();

-- A new seat begins with what its person has already. Its membership is locked first: who is
-- being given a chat now has it locked by the chat's foreign key, and is waited for.
CREATE OR REPLACE FUNCTION begin_load() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    seen constant text := coalesce(current_setting('app.departments', true), '');
BEGIN
    PERFORM FROM memberships m
    WHERE m.hotel_id = NEW.hotel_id AND m.id = NEW.membership_id FOR UPDATE;
    -- all that they have, also where whoever asks is of some departments alone
    PERFORM set_config('app.departments', '', true);
    SELECT count(*) INTO NEW.load FROM conversations c
    WHERE c.hotel_id = NEW.hotel_id AND c.assignee_id = NEW.membership_id
        AND counts_for(c.status);
    PERFORM set_config('app.departments', seen, true);
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER begin_load BEFORE INSERT ON desk_seats
    FOR EACH ROW EXECUTE FUNCTION begin_load();

DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['counts_for(text)', 'count_load()', 'begin_load()'] LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO hotel_bot_tenant', f);
    END LOOP;
END $$;

-- What the clock sees across hotels: that something is due, or that a seat is free for who waits.
GRANT SELECT (status, assignee_id, snoozed_until, unassigned_since, unassigned_due)
    ON conversations TO frontdesk_platform;

CREATE POLICY platform ON desk_seats FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, available, load, capacity) ON desk_seats TO frontdesk_platform;

CREATE POLICY platform ON scheduled_messages FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, state, send_at) ON scheduled_messages TO frontdesk_platform;

CREATE POLICY platform ON tasks FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, overdue_at) ON tasks TO frontdesk_platform;
