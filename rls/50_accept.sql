-- Files webhook bodies: one call, one commit, many hotels. It runs as the app (SECURITY INVOKER)
-- and binds each row's hotel in turn, so that row security judges every INSERT. Rings once for
-- each distinct notice among the rows that were new; gives true for each row that was.
CREATE OR REPLACE FUNCTION accept_events(
    hotels uuid[], instances uuid[], keys text[], kinds text[], lanes text[], chats text[],
    raws bytea[], happened timestamptz[], received timestamptz[], rings text[])
RETURNS boolean[]
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    fresh boolean[] := '{}';
    notices text[] := '{}';
    notice text;
BEGIN
    FOR i IN 1 .. array_length(hotels, 1) LOOP
        PERFORM set_config('app.hotel_id', hotels[i]::text, true);
        INSERT INTO inbound_events
            (hotel_id, id, instance_id, event_key, kind, lane, chat, raw, occurred_at, received_at,
             state)
        VALUES
            (hotels[i], gen_random_uuid(), instances[i], keys[i], kinds[i], lanes[i], chats[i],
             raws[i], happened[i], received[i],
             CASE WHEN lanes[i] = 'none' THEN 'kept' ELSE 'waiting' END)
        ON CONFLICT (hotel_id, event_key) DO NOTHING;
        fresh := fresh || FOUND;
        IF FOUND AND rings[i] IS NOT NULL AND NOT rings[i] = ANY (notices) THEN
            notices := notices || rings[i];
        END IF;
    END LOOP;
    PERFORM set_config('app.hotel_id', '', true);
    FOREACH notice IN ARRAY notices LOOP
        PERFORM pg_notify('frontdesk_ring', notice);
    END LOOP;
    RETURN fresh;
END $$;

REVOKE ALL ON FUNCTION accept_events(
    uuid[], uuid[], text[], text[], text[], text[], bytea[], timestamptz[], timestamptz[], text[])
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accept_events(
    uuid[], uuid[], text[], text[], text[], text[], bytea[], timestamptz[], timestamptz[], text[])
    TO hotel_bot_tenant;
