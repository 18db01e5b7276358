-- Files webhook bodies: one call, one commit, many hotels. It runs as the app (SECURITY INVOKER)
-- and binds each row's hotel in turn, so that row security judges every INSERT. Gives the keys of
-- the rows that were new. An event that says no time of its own has the moment of receipt.
DROP FUNCTION IF EXISTS accept_events(
    uuid[], uuid[], text[], text[], text[], text[], bytea[], timestamptz[], timestamptz[], text[]);

CREATE OR REPLACE FUNCTION accept_events(
    hotels uuid[], instances uuid[], keys text[], kinds text[], lanes text[], chats text[],
    raws bytea[], happened timestamptz[], received timestamptz)
RETURNS text[]
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    fresh text[] := '{}';
    bound uuid;
    e record;
BEGIN
    FOR e IN
        SELECT * FROM unnest(hotels, instances, keys, kinds, lanes, chats, raws, happened)
            AS e(hotel, instance, key, kind, lane, chat, raw, happened)
    LOOP
        IF bound IS DISTINCT FROM e.hotel THEN
            bound := e.hotel;
            PERFORM set_config('app.hotel_id', bound::text, true);
        END IF;
        INSERT INTO inbound_events
            (hotel_id, id, instance_id, event_key, kind, lane, chat, raw, occurred_at, received_at,
             state)
        VALUES
            (e.hotel, gen_random_uuid(), e.instance, e.key, e.kind, e.lane, e.chat, e.raw,
             coalesce(e.happened, received), received,
             CASE WHEN e.lane = 'none' THEN 'kept' ELSE 'waiting' END)
        ON CONFLICT (hotel_id, event_key) DO NOTHING;
        IF FOUND THEN
            fresh := fresh || e.key;
        END IF;
    END LOOP;
    PERFORM set_config('app.hotel_id', '', true);
    RETURN fresh;
END $$;

REVOKE ALL ON FUNCTION accept_events(
    uuid[], uuid[], text[], text[], text[], text[], bytea[], timestamptz[], timestamptz)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accept_events(
    uuid[], uuid[], text[], text[], text[], text[], bytea[], timestamptz[], timestamptz)
    TO hotel_bot_tenant;
