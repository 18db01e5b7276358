-- What happens to a booking: the ways between its states, and the nights that it takes, gives back
-- and swaps. As in 60_bookings.sql all of it runs as the app, and takes what it locks in one order:
-- quote, booking, holds by id, nights by type and date; so nobody waits in a circle.
--   ZB409 no such way between two states   ZB005 quotes that are not one stay
--   ZB006 one type by several plans

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

-- Gives a booking's nights from `since` on back to stock for good, where blocks are owed a room to
-- these at once; gives what they were sold for, with tax.
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
        UPDATE nightly_inventory n
        SET sold = n.sold - back.rooms, (capacity, blocked, owed) = (
            SELECT n.capacity - due, n.blocked + due, n.owed - due
            FROM (SELECT least(n.owed, n.capacity, back.rooms)) AS d (due))
        FROM back
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

-- Takes a booking's own nights out of the counters and of what its plan has sold (-1), so that what it
-- may change to can be looked for, or puts them in again (1). The transaction must do both, or be
-- undone.
CREATE OR REPLACE FUNCTION lend_nights(hotel uuid, booking uuid, sign int) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    PERFORM lock_nights_of(hotel, booking);
    WITH lent AS (
        UPDATE booking_nights
        SET released_at = CASE WHEN sign < 0 THEN '-infinity'::timestamptz END
        WHERE hotel_id = hotel AND booking_id = booking
            AND released_at IS NOT DISTINCT FROM
                CASE WHEN sign > 0 THEN '-infinity'::timestamptz END
        RETURNING room_type_id, night, rooms
    )
    UPDATE nightly_inventory n SET sold = n.sold + sign * lent.rooms FROM lent
    WHERE n.hotel_id = hotel AND n.room_type_id = lent.room_type_id AND n.night = lent.night;
END $$;

-- Locks what a swap to these nights of these types will touch, in the one order, before any of it is.
CREATE OR REPLACE FUNCTION lock_stay(
    hotel uuid, booking uuid, kinds uuid[], first date, leaving date, at timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    due uuid[] := (SELECT array_agg(h.id) FROM (
        SELECT id FROM holds
        WHERE hotel_id = hotel AND room_type_id = ANY (kinds) AND status = 'active'
            AND arrival < leaving AND departure > first AND expires_at <= at
        ORDER BY id FOR NO KEY UPDATE) h);
BEGIN
    PERFORM FROM nightly_inventory n
    WHERE n.hotel_id = hotel AND (
        EXISTS (SELECT FROM booking_nights b
            WHERE b.hotel_id = hotel AND b.booking_id = booking AND b.released_at IS NULL
                AND b.room_type_id = n.room_type_id AND b.night = n.night)
        OR n.room_type_id = ANY (kinds) AND (n.night >= first AND n.night < leaving OR EXISTS (
            SELECT FROM holds h WHERE h.hotel_id = hotel AND h.id = ANY (due)
                AND h.room_type_id = n.room_type_id
                AND h.arrival <= n.night AND h.departure > n.night)))
    ORDER BY n.room_type_id, n.night FOR NO KEY UPDATE;
END $$;

-- The parts of a stay night by night: [{"room_type_id", "rate_plan_id", "rooms", "nights": [{"night",
-- "price", "tax", "rules", "taxes"}]}], each type once.
CREATE OR REPLACE FUNCTION nights_of_parts(parts jsonb)
RETURNS TABLE (
    room_type_id uuid, rate_plan_id uuid, rooms int, night date, price bigint, tax bigint,
    rules jsonb, taxes jsonb)
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, public
AS $$
    SELECT p.room_type_id, p.rate_plan_id, p.rooms, n.night, n.price, n.tax,
        coalesce(n.rules, '[]'), coalesce(n.taxes, '[]')
    FROM jsonb_to_recordset(parts) AS p (
        room_type_id uuid, rate_plan_id uuid, rooms int, nights jsonb),
        jsonb_to_recordset(p.nights) AS n (
            night date, price bigint, tax bigint, rules jsonb, taxes jsonb)
$$;

-- A booking's nights from `since` on become those of `parts`: all of them or, raised, none. Without
-- `since` it gives up nothing for them.
CREATE OR REPLACE FUNCTION swap_nights(
    hotel uuid, booking uuid, since date, parts jsonb, at timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    kinds uuid[];
    first date;
    leaving date;
    part record;
    short int;
BEGIN
    SELECT array_agg(DISTINCT w.room_type_id), min(w.night), max(w.night) + 1
    INTO kinds, first, leaving FROM nights_of_parts(parts) w;
    PERFORM lock_stay(hotel, booking, kinds, first, leaving, at);
    FOR part IN SELECT DISTINCT w.room_type_id FROM nights_of_parts(parts) w ORDER BY 1 LOOP
        PERFORM free_held(
            hotel, part.room_type_id, first, leaving,
            end_holds(hotel, part.room_type_id, first, leaving, NULL, at));
    END LOOP;
    WITH change AS (
        SELECT c.room_type_id, c.night, sum(c.rooms) AS rooms FROM (
            SELECT b.room_type_id, b.night, -b.rooms AS rooms FROM booking_nights b
            WHERE b.hotel_id = hotel AND b.booking_id = booking AND b.released_at IS NULL
                AND b.night >= since
            UNION ALL
            SELECT w.room_type_id, w.night, w.rooms FROM nights_of_parts(parts) w) c
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
    SELECT hotel, booking, w.night, w.room_type_id, w.rooms, w.price, w.tax, w.rate_plan_id,
        w.rules, w.taxes
    FROM nights_of_parts(parts) w
    ON CONFLICT (hotel_id, booking_id, night, room_type_id) DO UPDATE
    SET rooms = excluded.rooms, price = excluded.price, tax = excluded.tax, released_at = NULL,
        rate_plan_id = excluded.rate_plan_id, rules = excluded.rules, taxes = excluded.taxes;
    FOR part IN SELECT DISTINCT w.room_type_id, w.rate_plan_id FROM nights_of_parts(parts) w
        ORDER BY 1
    LOOP
        PERFORM keep_allotment(
            hotel, part.rate_plan_id, part.room_type_id, first, leaving, at);
    END LOOP;
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
-- Each room is a line of its own. As with one quote, a hotel that has changed a rate since gets
-- nothing, and the caller prices the stay anew before it asks again.
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
    IF EXISTS (SELECT FROM quotes o, hotels t WHERE t.id = hotel AND o.hotel_id = hotel
        AND o.id = ANY (wanted) AND o.rates_version IS DISTINCT FROM t.rates_version) THEN
        UPDATE quotes SET status = 'open' WHERE hotel_id = hotel AND id = ANY (wanted);
        RETURN NULL;
    END IF;
    -- A night of a booking has one plan a type.
    IF EXISTS (SELECT FROM quotes WHERE hotel_id = hotel AND id = ANY (wanted)
        GROUP BY room_type_id HAVING min(rate_plan_id::text) IS DISTINCT FROM max(rate_plan_id::text)
            OR count(rate_plan_id) NOT IN (0, count(*))) THEN
        RAISE EXCEPTION 'one type by several plans' USING ERRCODE = 'ZB006';
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
    WITH sold AS (
        SELECT o.room_type_id, o.rate_plan_id, o.rooms, n.night, n.price, n.tax,
            coalesce(n.rules, '[]') AS rules, coalesce(n.taxes, '[]') AS taxes
        FROM quotes o, jsonb_to_recordset(o.nights) AS n (
            night date, price bigint, tax bigint, rules jsonb, taxes jsonb)
        WHERE o.hotel_id = hotel AND o.id = ANY (wanted)
    )
    INSERT INTO booking_nights (
        hotel_id, booking_id, night, room_type_id, rooms, price, tax, rate_plan_id, rules, taxes)
    SELECT hotel, booking, s.night, s.room_type_id, sum(s.rooms), sum(s.price), sum(s.tax),
        (array_agg(s.rate_plan_id))[1],
        (SELECT coalesce(jsonb_agg(r.rule ORDER BY r.at), '[]') FROM (
            SELECT e.rule, min(e.at) AS at
            FROM sold x, jsonb_array_elements(x.rules) WITH ORDINALITY AS e (rule, at)
            WHERE x.night = s.night AND x.room_type_id = s.room_type_id GROUP BY 1) r),
        (SELECT coalesce(jsonb_agg(jsonb_build_object('tax_id', t.tax_id, 'amount', t.amount)), '[]')
         FROM (
            SELECT e.tax_id, sum(e.amount) AS amount
            FROM sold x, jsonb_to_recordset(x.taxes) AS e (tax_id uuid, amount bigint)
            WHERE x.night = s.night AND x.room_type_id = s.room_type_id GROUP BY 1 ORDER BY 1) t)
    FROM sold s GROUP BY s.night, s.room_type_id;
    -- A quote's guests are spread over its rooms, the first ones getting one more.
    INSERT INTO booking_rooms (
        hotel_id, id, booking_id, position, room_type_id, arrival, departure, adults, children,
        children_ages)
    SELECT hotel, gen_random_uuid(), booking,
        row_number() OVER (ORDER BY array_position(wanted, o.id), room), o.room_type_id,
        o.arrival, o.departure, (o.adults + o.rooms - room) / o.rooms,
        (o.children + o.rooms - room) / o.rooms,
        (SELECT coalesce(jsonb_agg(a.age ORDER BY a.at), '[]')
         FROM jsonb_array_elements(o.children_ages) WITH ORDINALITY AS a (age, at),
            (SELECT coalesce(sum((o.children + o.rooms - r) / o.rooms), 0) AS before
             FROM generate_series(1, room - 1) AS r) others
         WHERE a.at > others.before
            AND a.at <= others.before + (o.children + o.rooms - room) / o.rooms)
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
        'lock_stay', 'nights_of_parts', 'swap_nights', 'uneven_nights', 'reserve_group']
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', ours);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO hotel_bot_tenant', ours);
    END LOOP;
END $$;
