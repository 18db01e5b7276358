-- The booking core: each use case in one call, as the app (SECURITY INVOKER), so that row security
-- judges every row. The nights come last and in order: stays that overlap wait for one another
-- briefly and never in a circle. What cannot be is raised, and nothing of it stays:
--   ZB404 no such quote   ZB001 room taken   ZB002 quote expired   ZB003 price changed

-- Ends the holds on these nights that are past their time, and `own` quote's with them: locks them
-- in order and gives their ids; NULL where there are none.
CREATE OR REPLACE FUNCTION end_holds(
    hotel uuid, kind uuid, first date, leaving date, own uuid, at timestamptz)
RETURNS uuid[]
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    due uuid[];
BEGIN
    due := (SELECT array_agg(h.id) FROM (
        SELECT id FROM holds
        WHERE hotel_id = hotel AND room_type_id = kind AND status = 'active'
            AND arrival < leaving AND departure > first AND (quote_id = own OR expires_at <= at)
        ORDER BY id FOR NO KEY UPDATE) h);
    IF due IS NOT NULL THEN
        UPDATE holds SET status = CASE WHEN quote_id = own THEN 'taken' ELSE 'released' END
        WHERE hotel_id = hotel AND id = ANY (due);
    END IF;
    RETURN due;
END $$;

-- Takes the rooms of the ended holds off the counters, all nights that are touched locked in order.
-- What nobody made a stay of is no stay that changes: where blocks are owed a room it is theirs at
-- once, and not the next guest's of this same transaction (rls/64, pay_owed_blocks).
CREATE OR REPLACE FUNCTION free_held(
    hotel uuid, kind uuid, arriving date, leaving date, ended uuid[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    first date;
    last date;
BEGIN
    IF ended IS NULL THEN
        RETURN;
    END IF;
    SELECT least(arriving, min(h.arrival)), greatest(leaving, max(h.departure))
    INTO first, last FROM holds h WHERE h.hotel_id = hotel AND h.id = ANY (ended);
    PERFORM FROM nightly_inventory
    WHERE hotel_id = hotel AND room_type_id = kind AND night >= first AND night < last
    ORDER BY night FOR NO KEY UPDATE;
    UPDATE nightly_inventory n
    SET held = n.held - kept.rooms, (capacity, blocked, owed) = (
        SELECT n.capacity - due, n.blocked + due, n.owed - due
        FROM (SELECT least(n.owed, n.capacity, kept.lapsed)) AS d (due))
    FROM (
        SELECT night::date AS night, sum(h.rooms)::int AS rooms,
            coalesce(sum(h.rooms) FILTER (WHERE h.status = 'released'), 0)::int AS lapsed
        FROM holds h, generate_series(h.arrival, h.departure - 1, '1 day') AS night
        WHERE h.hotel_id = hotel AND h.id = ANY (ended) GROUP BY 1) kept
    WHERE n.hotel_id = hotel AND n.room_type_id = kind AND n.night = kept.night;
END $$;

-- Adds to the counters of all nights of [arriving, leaving), and takes off theirs what the holds
-- in `ended` kept. Gives the price of each night of the stay, in order. Every night must be on
-- sale with room enough; the schema's CHECK is the last word.
CREATE OR REPLACE FUNCTION move_nights(
    hotel uuid, kind uuid, arriving date, leaving date, add_sold int, add_held int, ended uuid[])
RETURNS bigint[]
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    prices bigint[];
BEGIN
    PERFORM free_held(hotel, kind, arriving, leaving, ended);
    WITH in_order AS (
        SELECT night FROM nightly_inventory
        WHERE hotel_id = hotel AND room_type_id = kind AND night >= arriving AND night < leaving
        ORDER BY night FOR NO KEY UPDATE
    ), moved AS (
        UPDATE nightly_inventory n SET sold = n.sold + add_sold, held = n.held + add_held
        FROM in_order
        WHERE n.hotel_id = hotel AND n.room_type_id = kind AND n.night = in_order.night
            AND (add_sold + add_held <= 0 OR NOT n.closed
                AND n.sold + n.held + add_sold + add_held <= n.capacity + n.allowance)
        RETURNING n.night, n.price
    )
    SELECT array_agg(moved.price ORDER BY moved.night) INTO prices FROM moved;
    IF coalesce(cardinality(prices), 0) <> leaving - arriving THEN
        RAISE EXCEPTION 'room taken' USING ERRCODE = 'ZB001';
    END IF;
    RETURN prices;
END $$;

-- An open quote becomes a confirmed booking with its nights, its line in the audit log and its
-- event; a quote that is booked already gives the booking it became, and one whose hotel has changed
-- a rate since gives nothing.
CREATE OR REPLACE FUNCTION reserve_stay(
    hotel uuid, wanted uuid, done_by text, come_from text, requests text, at timestamptz,
    booking uuid, booking_code text, audit uuid, event uuid)
RETURNS bookings
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    q quotes;
    b bookings;
BEGIN
    UPDATE quotes SET status = 'booked'
    WHERE hotel_id = hotel AND id = wanted AND status = 'open' AND expires_at > at
    RETURNING * INTO q;
    IF q.id IS NULL THEN
        RETURN booking_of_quote(hotel, wanted);
    END IF;
    -- A rate has changed since: nothing is written, and the caller prices the stay anew before it
    -- asks again (recheck.py). As long as the version stands, so does every price of the quote.
    IF (SELECT rates_version FROM hotels WHERE id = hotel) IS DISTINCT FROM q.rates_version THEN
        UPDATE quotes SET status = 'open' WHERE hotel_id = hotel AND id = wanted;
        RETURN NULL;
    END IF;
    IF sha256(convert_to(q.policy::text, 'UTF8')) <> q.policy_hash THEN
        RAISE EXCEPTION 'the cancellation policy is not the one that was shown'
            USING ERRCODE = 'ZB003';
    END IF;
    -- A full house is told before anything is written; whether there is room is settled below.
    IF (SELECT count(*) FROM nightly_inventory
        WHERE hotel_id = hotel AND room_type_id = q.room_type_id
            AND night >= q.arrival AND night < q.departure AND NOT closed
            AND sold + held + q.rooms <= capacity + allowance) <> q.departure - q.arrival
        AND NOT EXISTS (SELECT FROM holds
            WHERE hotel_id = hotel AND room_type_id = q.room_type_id AND status = 'active'
                AND arrival < q.departure AND departure > q.arrival
                AND (quote_id = wanted OR expires_at <= at)) THEN
        RAISE EXCEPTION 'room taken' USING ERRCODE = 'ZB001';
    END IF;
    IF EXISTS (SELECT FROM bookings WHERE hotel_id = hotel AND code = booking_code) THEN
        booking_code := booking_code || left(booking_code, 2);
    END IF;
    INSERT INTO bookings (
        hotel_id, id, code, guest_id, quote_id, conversation_id, room_type_id, arrival, departure,
        rooms, adults, children, status, total, tax, currency, policy, source, special_requests,
        cancel_fee)
    VALUES (
        hotel, booking, booking_code, q.guest_id, wanted, q.conversation_id, q.room_type_id,
        q.arrival, q.departure, q.rooms, q.adults, q.children, 'confirmed', q.total, q.tax,
        q.currency, q.policy, come_from, requests, 0)
    RETURNING * INTO b;
    INSERT INTO booking_nights (
        hotel_id, booking_id, night, room_type_id, rooms, price, tax, rate_plan_id, rules, taxes)
    SELECT hotel, booking, n.night, q.room_type_id, q.rooms, n.price, n.tax, q.rate_plan_id,
        coalesce(n.rules, '[]'), coalesce(n.taxes, '[]')
    FROM jsonb_to_recordset(q.nights) AS n (
        night date, price bigint, tax bigint, rules jsonb, taxes jsonb);
    INSERT INTO audit_log (hotel_id, id, actor, action, subject, new)
    VALUES (hotel, audit, done_by, 'booking.create', 'booking:' || booking,
        jsonb_build_object('code', b.code, 'total', b.total, 'quote', wanted));
    INSERT INTO outbox_events (hotel_id, id, aggregate_id, event_type, payload)
    VALUES (hotel, event, booking, 'booking.created', booking_facts(b));
    PERFORM move_nights(
        hotel, q.room_type_id, q.arrival, q.departure, q.rooms, 0,
        end_holds(hotel, q.room_type_id, q.arrival, q.departure, wanted, at));
    PERFORM keep_allotment(hotel, q.rate_plan_id, q.room_type_id, q.arrival, q.departure, at);
    IF (SELECT rates_version FROM hotels WHERE id = hotel) IS DISTINCT FROM q.rates_version THEN
        RAISE EXCEPTION 'the price has changed' USING ERRCODE = 'ZB003';
    END IF;
    RETURN b;
END $$;

-- Many guests' yes in one transaction, each as reserve_stay() would take it alone. Gives the
-- bookings; a row with nothing but `quote_id` for a stay whose nights are full; and nothing for
-- what is not plain (expired, booked already, an older rate, a hold to end, an allotment, a code
-- that is taken, or no room left behind the others of this group): that is taken alone. A quote
-- that somebody else has in hand is not waited for, so groups never wait in a circle; rows are
-- sought by their keys, also where the plan was made for empty tables.
CREATE OR REPLACE FUNCTION reserve_stays(
    hotel uuid, wanted uuid[], done_by text[], come_from text[], requests text[], at timestamptz[],
    booking uuid[], booking_code text[], audit uuid[], event uuid[])
RETURNS SETOF bookings
LANGUAGE plpgsql
SET search_path = pg_catalog, public
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
    plain int[];
    sold int[];
    full_house uuid[];
BEGIN
    -- Places in the group.
    plain := (SELECT array_agg(array_position(wanted, q.id)) FROM (
        SELECT id FROM quotes WHERE hotel_id = hotel AND id = ANY (wanted) AND status = 'open'
        FOR NO KEY UPDATE SKIP LOCKED) q);
    PERFORM FROM nightly_inventory n
    WHERE n.hotel_id = hotel AND (n.room_type_id, n.night) IN (
        SELECT i.room_type_id, i.night FROM quotes q
        JOIN nightly_inventory i ON i.hotel_id = hotel AND i.room_type_id = q.room_type_id
            AND i.night >= q.arrival AND i.night < q.departure
        WHERE q.hotel_id = hotel AND q.id = ANY (wanted))
    ORDER BY n.room_type_id, n.night FOR NO KEY UPDATE;
    WITH stay AS (
        SELECT n, q.id, q.room_type_id, q.arrival, q.departure, q.rooms
        FROM unnest(plain) AS n
        JOIN quotes q ON q.hotel_id = hotel AND q.id = wanted[n]
        WHERE q.expires_at > at[n]
            AND q.rates_version = (SELECT rates_version FROM hotels WHERE id = hotel)
            AND q.policy_hash = sha256(convert_to(q.policy::text, 'UTF8'))
            AND NOT EXISTS (SELECT FROM holds h
                WHERE h.hotel_id = hotel AND h.room_type_id = q.room_type_id
                    AND h.status = 'active' AND h.arrival < q.departure
                    AND h.departure > q.arrival AND (h.quote_id = q.id OR h.expires_at <= at[n]))
            AND NOT EXISTS (SELECT FROM rate_allotments a
                WHERE a.hotel_id = hotel AND a.plan_id = q.rate_plan_id
                    AND a.room_type_id = q.room_type_id)
            AND NOT EXISTS (SELECT FROM bookings b
                WHERE b.hotel_id = hotel AND b.code = booking_code[n])
    ), room AS (
        SELECT s.n, s.rooms, i.room_type_id, i.night,
            i.capacity + i.allowance - i.sold - i.held AS free,
            count(*) FILTER (WHERE NOT i.closed
                AND i.sold + i.held + s.rooms <= i.capacity + i.allowance) OVER (PARTITION BY s.n)
                = s.departure - s.arrival AS could
        FROM stay s
        JOIN nightly_inventory i ON i.hotel_id = hotel AND i.room_type_id = s.room_type_id
            AND i.night >= s.arrival AND i.night < s.departure
    ), fitting AS (
        SELECT r.n, sum(r.rooms) OVER (PARTITION BY r.room_type_id, r.night ORDER BY r.n)
            <= r.free AS fits
        FROM room r WHERE r.could
    ), verdict AS (
        SELECT n, bool_and(fits) AS fits FROM fitting GROUP BY n
    )
    SELECT array_agg(s.n) FILTER (WHERE v.fits), array_agg(s.id) FILTER (WHERE v.n IS NULL)
    INTO sold, full_house
    FROM stay s LEFT JOIN verdict v ON v.n = s.n;
    RETURN QUERY WITH stay AS MATERIALIZED (
        SELECT n, q.* FROM unnest(sold) AS n
        JOIN quotes q ON q.hotel_id = hotel AND q.id = wanted[n]
    ), made AS (
        INSERT INTO bookings (
            hotel_id, id, code, guest_id, quote_id, conversation_id, room_type_id, arrival,
            departure, rooms, adults, children, status, total, tax, currency, policy, source,
            special_requests, cancel_fee)
        SELECT hotel, booking[n], booking_code[n], s.guest_id, s.id, s.conversation_id,
            s.room_type_id, s.arrival, s.departure, s.rooms, s.adults, s.children, 'confirmed',
            s.total, s.tax, s.currency, s.policy, come_from[n], requests[n], 0
        FROM stay s
        RETURNING *
    ), nights AS (
        INSERT INTO booking_nights (
            hotel_id, booking_id, night, room_type_id, rooms, price, tax, rate_plan_id, rules,
            taxes)
        SELECT hotel, booking[s.n], d.night, s.room_type_id, s.rooms, d.price, d.tax,
            s.rate_plan_id, coalesce(d.rules, '[]'), coalesce(d.taxes, '[]')
        FROM stay s, jsonb_to_recordset(s.nights) AS d (
            night date, price bigint, tax bigint, rules jsonb, taxes jsonb)
    ), entered AS (
        INSERT INTO audit_log (hotel_id, id, actor, action, subject, new)
        SELECT hotel, audit[n], done_by[n], 'booking.create', 'booking:' || booking[n],
            jsonb_build_object('code', booking_code[n], 'total', s.total, 'quote', s.id)
        FROM stay s
    ), told AS (
        INSERT INTO outbox_events (hotel_id, id, aggregate_id, event_type, payload)
        SELECT hotel, event[array_position(booking, m.id)], m.id, 'booking.created',
            booking_facts(m::bookings)
        FROM made m
    ), moved AS (
        UPDATE nightly_inventory i SET sold = i.sold + d.rooms
        FROM (
            SELECT s.room_type_id, night::date AS night, sum(s.rooms) AS rooms
            FROM stay s, generate_series(s.arrival, s.departure - 1, '1 day') AS night
            GROUP BY 1, 2) d
        WHERE i.hotel_id = hotel AND i.room_type_id = d.room_type_id AND i.night = d.night
    ), booked AS (
        UPDATE quotes q SET status = 'booked' WHERE q.hotel_id = hotel AND q.id = ANY (
            SELECT s.id FROM stay s)
    )
    SELECT * FROM made;
    RETURN QUERY SELECT (jsonb_populate_record(
        NULL::bookings, jsonb_build_object('quote_id', id))).* FROM unnest(full_house) AS id;
END $$;

CREATE OR REPLACE FUNCTION booking_of_quote(hotel uuid, wanted uuid) RETURNS bookings
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
DECLARE
    b bookings;
BEGIN
    SELECT * INTO b FROM bookings WHERE hotel_id = hotel AND quote_id = wanted;
    IF b.id IS NULL AND NOT EXISTS (SELECT FROM quotes WHERE hotel_id = hotel AND id = wanted) THEN
        RAISE EXCEPTION 'no such quote' USING ERRCODE = 'ZB404';
    ELSIF b.id IS NULL THEN
        RAISE EXCEPTION 'quote expired' USING ERRCODE = 'ZB002';
    END IF;
    RETURN b;
END $$;

-- What an event says of a booking.
CREATE OR REPLACE FUNCTION booking_facts(b bookings) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT jsonb_build_object(
        'booking_id', b.id, 'code', b.code, 'guest_id', b.guest_id,
        'conversation_id', b.conversation_id, 'arrival', b.arrival, 'departure', b.departure,
        'nights', b.departure - b.arrival, 'adults', b.adults, 'children', b.children,
        'rooms', b.rooms, 'total', b.total, 'currency', b.currency, 'source', b.source)
$$;

-- Keeps an open quote's rooms until it expires; holding twice is holding once.
CREATE OR REPLACE FUNCTION hold_stay(hotel uuid, wanted uuid, hold uuid, at timestamptz)
RETURNS holds
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    q quotes;
    h holds;
BEGIN
    SELECT * INTO q FROM quotes WHERE hotel_id = hotel AND id = wanted FOR NO KEY UPDATE;
    IF q.id IS NULL THEN
        RAISE EXCEPTION 'no such quote' USING ERRCODE = 'ZB404';
    ELSIF q.status <> 'open' OR q.expires_at <= at THEN
        RAISE EXCEPTION 'quote expired' USING ERRCODE = 'ZB002';
    END IF;
    SELECT * INTO h FROM holds
    WHERE hotel_id = hotel AND quote_id = wanted AND status = 'active';
    IF h.id IS NULL THEN
        INSERT INTO holds (
            hotel_id, id, quote_id, room_type_id, arrival, departure, rooms, expires_at, status)
        VALUES (
            hotel, hold, wanted, q.room_type_id, q.arrival, q.departure, q.rooms, q.expires_at,
            'active')
        RETURNING * INTO h;
        PERFORM move_nights(
            hotel, q.room_type_id, q.arrival, q.departure, 0, q.rooms,
            end_holds(hotel, q.room_type_id, q.arrival, q.departure, NULL, at));
        PERFORM keep_allotment(hotel, q.rate_plan_id, q.room_type_id, q.arrival, q.departure, at);
    END IF;
    RETURN h;
END $$;

DO $$
DECLARE
    ours text;
BEGIN
    FOREACH ours IN ARRAY ARRAY[
        'end_holds', 'free_held', 'move_nights', 'reserve_stay', 'reserve_stays', 'booking_of_quote',
        'booking_facts', 'hold_stay']
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', ours);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO hotel_bot_tenant', ours);
    END LOOP;
END $$;
