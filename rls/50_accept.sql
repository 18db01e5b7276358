-- Files webhook bodies: one call, one commit, many hotels. It runs as the app (SECURITY INVOKER)
-- and binds each row's hotel in turn, so that row security judges every INSERT. Rings once for
-- each distinct notice among the rows that were new; gives true for each row that was. One moment
-- of receipt may stand for all rows; an event that says no time of its own has that one.
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
    bound uuid;
    moment timestamptz;
BEGIN
    FOR i IN 1 .. array_length(hotels, 1) LOOP
        IF bound IS DISTINCT FROM hotels[i] THEN
            bound := hotels[i];
            PERFORM set_config('app.hotel_id', bound::text, true);
        END IF;
        moment := coalesce(received[i], received[1]);
        INSERT INTO inbound_events
            (hotel_id, id, instance_id, event_key, kind, lane, chat, raw, occurred_at, received_at,
             state)
        VALUES
            (hotels[i], gen_random_uuid(), instances[i], keys[i], kinds[i], lanes[i], chats[i],
             raws[i], coalesce(happened[i], moment), moment,
             CASE WHEN lanes[i] = 'none' THEN 'kept' ELSE 'waiting' END)
        ON CONFLICT (hotel_id, event_key) DO NOTHING;
        fresh[i] := FOUND;
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
