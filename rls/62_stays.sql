-- What happens to a booking: the ways between its states, and the nights that it takes, gives back
-- and swaps. As in 60_bookings.sql all of it runs as the app, and takes what it locks in one order:
-- quote, booking, holds by id, nights by type and date; so nobody waits in a circle.
--   ZB409 no such way between two states   ZB005 quotes that are not one stay

-- The one list of ways. There is no flag that opens another.
CREATE OR REPLACE FUNCTION booking_moves() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF TG_OP = 'INSERT' OR (OLD.status, NEW.status) NOT IN (
        ('confirmed', 'checked_in'), ('confirmed', 'cancelled'), ('confirmed', 'no_show'),
        ('checked_in', 'checked_out')) THEN
        RAISE EXCEPTION 'a booking cannot become %', NEW.status USING ERRCODE = 'ZB409';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER booking_starts BEFORE INSERT ON bookings
    FOR EACH ROW WHEN (NEW.status <> 'confirmed') EXECUTE FUNCTION booking_moves();
CREATE OR REPLACE TRIGGER booking_moves BEFORE UPDATE ON bookings
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION booking_moves();

-- The rooms of a booking go where it goes: those that began or ended with it still do.
CREATE OR REPLACE FUNCTION follow_booking() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    UPDATE booking_rooms SET
        taken = NEW.status NOT IN ('cancelled', 'no_show'),
        arrival = CASE WHEN arrival = OLD.arrival THEN NEW.arrival ELSE arrival END,
        departure = CASE WHEN departure = OLD.departure THEN NEW.departure ELSE departure END
    WHERE hotel_id = NEW.hotel_id AND booking_id = NEW.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER booking_leads AFTER UPDATE ON bookings
    FOR EACH ROW WHEN ((OLD.status, OLD.arrival, OLD.departure)
        IS DISTINCT FROM (NEW.status, NEW.arrival, NEW.departure))
    EXECUTE FUNCTION follow_booking();

-- Gives a booking's nights from `since` on back to stock; gives what they were sold for, with tax.
CREATE OR REPLACE FUNCTION give_back_nights(hotel uuid, booking uuid, since date, at timestamptz)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    worth bigint;
BEGIN
    PERFORM lock_nights_of(hotel, booking);
    WITH back AS (
        UPDATE booking_nights SET released_at = at
        WHERE hotel_id = hotel AND booking_id = booking AND night >= since AND released_at IS NULL
        RETURNING room_type_id, night, rooms, price, tax
    ), moved AS (
        UPDATE nightly_inventory n SET sold = n.sold - back.rooms FROM back
        WHERE n.hotel_id = hotel AND n.room_type_id = back.room_type_id AND n.night = back.night
    )
    SELECT coalesce(sum(price + tax), 0) INTO worth FROM back;
    RETURN worth;
END $$;

CREATE OR REPLACE FUNCTION lock_nights_of(hotel uuid, booking uuid) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, public
AS $$
    SELECT FROM nightly_inventory n
    WHERE n.hotel_id = hotel AND EXISTS (SELECT FROM booking_nights b
        WHERE b.hotel_id = hotel AND b.booking_id = booking AND b.released_at IS NULL
            AND b.room_type_id = n.room_type_id AND b.night = n.night)
    ORDER BY n.room_type_id, n.night FOR NO KEY UPDATE
$$;

-- Takes a booking's own nights out of the counters (-1), so that what it may change to can be
-- looked for, or puts them in again (1). The transaction must do both, or be undone.
CREATE OR REPLACE FUNCTION lend_nights(hotel uuid, booking uuid, sign int) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    PERFORM lock_nights_of(hotel, booking);
    UPDATE nightly_inventory n SET sold = n.sold + sign * b.rooms FROM booking_nights b
    WHERE b.hotel_id = hotel AND b.booking_id = booking AND b.released_at IS NULL
        AND n.hotel_id = hotel AND n.room_type_id = b.room_type_id AND n.night = b.night;
END $$;

-- Locks what a swap to these nights will touch, in the one order, before any of it is.
CREATE OR REPLACE FUNCTION lock_swap(
    hotel uuid, booking uuid, kind uuid, first date, leaving date, at timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    due uuid[] := (SELECT array_agg(h.id) FROM (
        SELECT id FROM holds
        WHERE hotel_id = hotel AND room_type_id = kind AND status = 'active'
            AND arrival < leaving AND departure > first AND expires_at <= at
        ORDER BY id FOR NO KEY UPDATE) h);
BEGIN
    PERFORM FROM nightly_inventory n
    WHERE n.hotel_id = hotel AND (
        EXISTS (SELECT FROM booking_nights b
            WHERE b.hotel_id = hotel AND b.booking_id = booking AND b.released_at IS NULL
                AND b.room_type_id = n.room_type_id AND b.night = n.night)
        OR n.room_type_id = kind AND (n.night >= first AND n.night < leaving OR EXISTS (
            SELECT FROM holds h WHERE h.hotel_id = hotel AND h.id = ANY (due)
                AND h.arrival <= n.night AND h.departure > n.night)))
    ORDER BY n.room_type_id, n.night FOR NO KEY UPDATE;
END $$;

-- A booking's nights from `since` on become `wanted` ([{"night", "price", "tax"}], rooms of one
-- type): all of them or, raised, none. Without `since` it gives up nothing for them.
CREATE OR REPLACE FUNCTION swap_nights(
    hotel uuid, booking uuid, since date, kind uuid, wanted_rooms int, wanted jsonb,
    plan uuid, at timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    first date := (SELECT min(w.night) FROM jsonb_to_recordset(wanted) AS w (night date));
    last date := (SELECT max(w.night) FROM jsonb_to_recordset(wanted) AS w (night date));
    ended uuid[];
    short int;
BEGIN
    PERFORM lock_swap(hotel, booking, kind, first, last + 1, at);
    ended := end_holds(hotel, kind, first, last + 1, NULL, at);
    UPDATE nightly_inventory n SET held = n.held - kept.rooms
    FROM (
        SELECT night::date AS night, sum(h.rooms) AS rooms
        FROM holds h, generate_series(h.arrival, h.departure - 1, '1 day') AS night
        WHERE h.hotel_id = hotel AND h.id = ANY (ended) GROUP BY 1) kept
    WHERE n.hotel_id = hotel AND n.room_type_id = kind AND n.night = kept.night;
    WITH change AS (
        SELECT c.room_type_id, c.night, sum(c.rooms) AS rooms FROM (
            SELECT b.room_type_id, b.night, -b.rooms AS rooms FROM booking_nights b
            WHERE b.hotel_id = hotel AND b.booking_id = booking AND b.released_at IS NULL
                AND b.night >= since
            UNION ALL
            SELECT kind, w.night, wanted_rooms FROM jsonb_to_recordset(wanted) AS w (night date)) c
        GROUP BY 1, 2
    ), moved AS (
        UPDATE nightly_inventory n SET sold = n.sold + change.rooms FROM change
        WHERE n.hotel_id = hotel AND n.room_type_id = change.room_type_id
            AND n.night = change.night
            AND (change.rooms <= 0 OR NOT n.closed
                AND n.sold + n.held + change.rooms <= n.capacity + n.allowance)
        RETURNING n.night
    )
    SELECT (SELECT count(*) FROM change) - (SELECT count(*) FROM moved) INTO short;
    IF short <> 0 THEN
        RAISE EXCEPTION 'room taken' USING ERRCODE = 'ZB001';
    END IF;
    UPDATE booking_nights b SET released_at = at
    WHERE b.hotel_id = hotel AND b.booking_id = booking AND b.released_at IS NULL
        AND b.night >= since;
    INSERT INTO booking_nights AS b (
        hotel_id, booking_id, night, room_type_id, rooms, price, tax, rate_plan_id, rules, taxes)
    SELECT hotel, booking, w.night, kind, wanted_rooms, w.price, w.tax, plan,
        coalesce(w.rules, '[]'), coalesce(w.taxes, '[]')
    FROM jsonb_to_recordset(wanted) AS w (
        night date, price bigint, tax bigint, rules jsonb, taxes jsonb)
    ON CONFLICT (hotel_id, booking_id, night, room_type_id) DO UPDATE
    SET rooms = excluded.rooms, price = excluded.price, tax = excluded.tax, released_at = NULL,
        rate_plan_id = excluded.rate_plan_id, rules = excluded.rules, taxes = excluded.taxes;
END $$;

-- Nights whose counters are not the sum of the stays and the holds that count on them.
CREATE OR REPLACE FUNCTION uneven_nights()
RETURNS TABLE (room_type_id uuid, night date, sold bigint, stays bigint, held bigint, holds bigint)
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    WITH counted AS (
        SELECT n.hotel_id, n.room_type_id, n.night, n.sold::bigint AS sold,
            (SELECT coalesce(sum(b.rooms), 0) FROM booking_nights b
             WHERE b.hotel_id = n.hotel_id AND b.room_type_id = n.room_type_id
                AND b.night = n.night AND b.released_at IS NULL) AS stays,
            n.held::bigint AS held,
            (SELECT coalesce(sum(h.rooms), 0) FROM holds h
             WHERE h.hotel_id = n.hotel_id AND h.room_type_id = n.room_type_id
                AND h.status = 'active' AND h.arrival <= n.night AND h.departure > n.night) AS holds
        FROM nightly_inventory n)
    SELECT c.room_type_id, c.night, c.sold, c.stays, c.held, c.holds FROM counted c
    WHERE c.sold <> c.stays OR c.held <> c.holds
    ORDER BY 1, 2
$$;

-- Several open quotes of one guest for the same dates become one booking: all of them or none.
-- Each room is a line of its own.
CREATE OR REPLACE FUNCTION reserve_group(
    hotel uuid, wanted uuid[], done_by text, come_from text, requests text, at timestamptz,
    booking uuid, booking_code text, audit uuid, event uuid)
RETURNS bookings
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    q quotes;
    b bookings;
    terms jsonb;
BEGIN
    PERFORM FROM quotes WHERE hotel_id = hotel AND id = ANY (wanted) ORDER BY id FOR NO KEY UPDATE;
    SELECT * INTO b FROM bookings WHERE hotel_id = hotel AND quote_id = wanted[1];
    IF b.id IS NOT NULL THEN
        RETURN b;
    END IF;
    IF (SELECT count(*) FROM quotes WHERE hotel_id = hotel AND id = ANY (wanted))
        <> cardinality(wanted) THEN
        RAISE EXCEPTION 'no such quote' USING ERRCODE = 'ZB404';
    END IF;
    UPDATE quotes SET status = 'booked'
    WHERE hotel_id = hotel AND id = ANY (wanted) AND status = 'open' AND expires_at > at;
    IF (SELECT count(*) FROM quotes WHERE hotel_id = hotel AND id = ANY (wanted)
            AND status = 'booked' AND expires_at > at) <> cardinality(wanted) THEN
        RAISE EXCEPTION 'quote expired' USING ERRCODE = 'ZB002';
    END IF;
    IF (SELECT count(DISTINCT (arrival, departure, guest_id, currency)) FROM quotes
        WHERE hotel_id = hotel AND id = ANY (wanted)) <> 1 THEN
        RAISE EXCEPTION 'not one stay' USING ERRCODE = 'ZB005';
    END IF;
    IF EXISTS (SELECT FROM quotes WHERE hotel_id = hotel AND id = ANY (wanted)
        AND sha256(convert_to(quotes.policy::text, 'UTF8')) <> policy_hash) THEN
        RAISE EXCEPTION 'the cancellation policy is not the one that was shown'
            USING ERRCODE = 'ZB003';
    END IF;
    -- The strictest deadline, and every room's fee.
    SELECT jsonb_build_object('free_until', min(quotes.policy ->> 'free_until'),
        'fee', sum((quotes.policy ->> 'fee')::bigint)) INTO terms
    FROM quotes WHERE hotel_id = hotel AND id = ANY (wanted);
    IF EXISTS (SELECT FROM bookings WHERE hotel_id = hotel AND code = booking_code) THEN
        booking_code := booking_code || left(booking_code, 2);
    END IF;
    SELECT * INTO q FROM quotes WHERE hotel_id = hotel AND id = wanted[1];
    INSERT INTO bookings (
        hotel_id, id, code, guest_id, quote_id, conversation_id, room_type_id, arrival, departure,
        rooms, adults, children, status, total, tax, currency, policy, source, special_requests,
        cancel_fee)
    SELECT hotel, booking, booking_code, q.guest_id, q.id, q.conversation_id, q.room_type_id,
        q.arrival, q.departure, sum(o.rooms), sum(o.adults), sum(o.children), 'confirmed',
        sum(o.total), sum(o.tax), q.currency, terms, come_from, requests, 0
    FROM quotes o WHERE o.hotel_id = hotel AND o.id = ANY (wanted)
    RETURNING * INTO b;
    INSERT INTO booking_nights (hotel_id, booking_id, night, room_type_id, rooms, price, tax)
    SELECT hotel, booking, n.night, o.room_type_id, sum(o.rooms), sum(n.price), sum(n.tax)
    FROM quotes o, jsonb_to_recordset(o.nights) AS n (night date, price bigint, tax bigint)
    WHERE o.hotel_id = hotel AND o.id = ANY (wanted)
    GROUP BY n.night, o.room_type_id;
    -- A quote's guests are spread over its rooms, the first ones getting one more.
    INSERT INTO booking_rooms (
        hotel_id, id, booking_id, position, room_type_id, arrival, departure, adults, children)
    SELECT hotel, gen_random_uuid(), booking,
        row_number() OVER (ORDER BY array_position(wanted, o.id), room), o.room_type_id,
        o.arrival, o.departure, (o.adults + o.rooms - room) / o.rooms,
        (o.children + o.rooms - room) / o.rooms
    FROM quotes o, generate_series(1, o.rooms) AS room
    WHERE o.hotel_id = hotel AND o.id = ANY (wanted);
    INSERT INTO audit_log (hotel_id, id, actor, action, subject, new)
    VALUES (hotel, audit, done_by, 'booking.create', 'booking:' || booking,
        jsonb_build_object('code', b.code, 'total', b.total, 'quotes', to_jsonb(wanted)));
    INSERT INTO outbox_events (hotel_id, id, aggregate_id, event_type, payload)
    VALUES (hotel, event, booking, 'booking.created', booking_facts(b));
    FOR q IN SELECT * FROM quotes WHERE hotel_id = hotel AND id = ANY (wanted)
        ORDER BY room_type_id, id
    LOOP
        PERFORM move_nights(
            hotel, q.room_type_id, q.arrival, q.departure, q.rooms, 0,
            end_holds(hotel, q.room_type_id, q.arrival, q.departure, q.id, at));
        PERFORM keep_allotment(
            hotel, q.rate_plan_id, q.room_type_id, q.arrival, q.departure, at);
        IF (SELECT rates_version FROM hotels WHERE id = hotel) IS DISTINCT FROM q.rates_version THEN
            RAISE EXCEPTION 'the price has changed' USING ERRCODE = 'ZB003';
        END IF;
    END LOOP;
    RETURN b;
END $$;

DO $$
DECLARE
    ours text;
BEGIN
    FOREACH ours IN ARRAY ARRAY[
        'booking_moves', 'follow_booking', 'give_back_nights', 'lock_nights_of', 'lend_nights',
        'lock_swap', 'swap_nights', 'uneven_nights', 'reserve_group']
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', ours);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO hotel_bot_tenant', ours);
    END LOOP;
END $$;
