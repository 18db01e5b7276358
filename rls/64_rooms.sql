-- Rooms and the stock they make: capacity follows rooms and their blocks, a room has one claim at a
-- time, and add-ons go with their booking. As in 60_bookings.sql all of it runs as the app.

-- What the sweeps see: that something waits, and since when.
CREATE POLICY platform ON imports FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, status, updated_at) ON imports TO frontdesk_platform;
CREATE POLICY platform ON calendar_sources FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, next_fetch_at, removed_at) ON calendar_sources TO frontdesk_platform;

-- Nights that come on sale know the blocks that were there before them. Takes turns with
-- take_block() by its lock on the room type, which no booking waits for.
CREATE OR REPLACE FUNCTION know_blocks() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    blocks int;
    gone int;
BEGIN
    PERFORM FROM room_types
    WHERE hotel_id = NEW.hotel_id AND id = NEW.room_type_id FOR SHARE;
    SELECT count(*) INTO blocks FROM room_blocks b
    WHERE b.hotel_id = NEW.hotel_id AND b.room_type_id = NEW.room_type_id
        AND b.ended_at IS NULL AND b.first <= NEW.night AND b.until > NEW.night;
    SELECT sold + held - allowance INTO gone FROM nightly_inventory
    WHERE hotel_id = NEW.hotel_id AND room_type_id = NEW.room_type_id AND night = NEW.night;
    NEW.blocked := greatest(0, least(blocks, NEW.capacity, NEW.capacity - coalesce(gone, 0)));
    NEW.owed := CASE WHEN gone IS NULL THEN 0 ELSE blocks - NEW.blocked END;
    NEW.capacity := NEW.capacity - NEW.blocked;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER know_blocks BEFORE INSERT ON nightly_inventory
    FOR EACH ROW EXECUTE FUNCTION know_blocks();

-- Takes one room of a type out of every night of [arriving, leaving) that is on sale. Gives the
-- nights, ISO, on which the house is a room short then: the caller decides. Where not even the
-- overbooking that was approved leaves one to take, the night owes it. A hold past its time keeps none.
CREATE OR REPLACE FUNCTION take_block(
    hotel uuid, kind uuid, arriving date, leaving date, at timestamptz)
RETURNS text[]
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    short text[];
BEGIN
    PERFORM FROM room_types WHERE hotel_id = hotel AND id = kind FOR NO KEY UPDATE;
    PERFORM free_held(
        hotel, kind, arriving, leaving, end_holds(hotel, kind, arriving, leaving, NULL, at));
    short := nights_without_room(hotel, kind, arriving, leaving);
    WITH taken AS (
        UPDATE nightly_inventory SET capacity = capacity - 1, blocked = blocked + 1
        WHERE hotel_id = hotel AND room_type_id = kind AND night >= arriving AND night < leaving
            AND capacity > 0 AND sold + held < capacity + allowance
        RETURNING night)
    UPDATE nightly_inventory n SET owed = owed + 1
    WHERE n.hotel_id = hotel AND n.room_type_id = kind AND n.night::text = ANY (short)
        AND NOT EXISTS (SELECT FROM taken WHERE taken.night = n.night);
    RETURN short;
END $$;

-- What comes back to a night that owes its blocks a room is theirs, and not for sale: a stay that
-- was cancelled would be sold once more while the room is out of order. At the end of the
-- transaction, so that a stay which only changes keeps its own room.
CREATE OR REPLACE FUNCTION pay_owed_blocks() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    UPDATE nightly_inventory n
    SET capacity = n.capacity - due.rooms, blocked = n.blocked + due.rooms,
        owed = n.owed - due.rooms
    FROM (
        SELECT least(owed, capacity, capacity + allowance - sold - held) AS rooms
        FROM nightly_inventory
        WHERE hotel_id = NEW.hotel_id AND room_type_id = NEW.room_type_id AND night = NEW.night
        ) due
    WHERE n.hotel_id = NEW.hotel_id AND n.room_type_id = NEW.room_type_id
        AND n.night = NEW.night AND due.rooms > 0;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS pay_owed_blocks ON nightly_inventory;
CREATE CONSTRAINT TRIGGER pay_owed_blocks AFTER UPDATE ON nightly_inventory
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.owed > 0)
    EXECUTE FUNCTION pay_owed_blocks();

-- Locks the nights in order, and gives those where every room is sold or held: what was approved
-- beyond that is no room. A night with nothing on it and nothing sold is no such night.
CREATE OR REPLACE FUNCTION nights_without_room(
    hotel uuid, kind uuid, arriving date, leaving date)
RETURNS text[]
LANGUAGE sql
SET search_path = pg_catalog, public
AS $$
    SELECT coalesce(array_agg(n.night::text) FILTER (
        WHERE n.sold + n.held > 0 AND n.sold + n.held >= n.capacity), '{}')
    FROM (
        SELECT * FROM nightly_inventory
        WHERE hotel_id = hotel AND room_type_id = kind AND night >= arriving AND night < leaving
        ORDER BY night FOR NO KEY UPDATE) n
$$;

CREATE OR REPLACE FUNCTION give_back_block(
    hotel uuid, kind uuid, arriving date, leaving date)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    PERFORM FROM room_types WHERE hotel_id = hotel AND id = kind FOR NO KEY UPDATE;
    PERFORM nights_without_room(hotel, kind, arriving, leaving);
    UPDATE nightly_inventory
    SET owed = owed - (owed > 0)::int, capacity = capacity + (owed = 0)::int,
        blocked = blocked - (owed = 0)::int
    WHERE hotel_id = hotel AND room_type_id = kind AND night >= arriving AND night < leaving
        AND (blocked > 0 OR owed > 0);
END $$;

-- A room more (1) or less (-1) on every night from `since` that is on sale. Gives the nights that
-- would be oversold, ISO; where there are any, nothing but holds past their time was changed.
CREATE OR REPLACE FUNCTION shift_capacity(
    hotel uuid, kind uuid, since date, rooms int, at timestamptz)
RETURNS text[]
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    full_nights text[];
BEGIN
    PERFORM FROM room_types WHERE hotel_id = hotel AND id = kind FOR NO KEY UPDATE;
    PERFORM free_held(
        hotel, kind, since, 'infinity', end_holds(hotel, kind, since, 'infinity', NULL, at));
    full_nights := nights_without_room(hotel, kind, since, 'infinity');
    IF rooms < 0 AND cardinality(full_nights) > 0 THEN
        RETURN full_nights;
    END IF;
    UPDATE nightly_inventory SET capacity = greatest(capacity + rooms, 0)
    WHERE hotel_id = hotel AND room_type_id = kind AND night >= since;
    RETURN '{}';
END $$;

-- The one place where a room is claimed: the constraint ex_room_claims_room has the last word.
CREATE OR REPLACE FUNCTION claim_room(
    hotel uuid, claim uuid, room uuid, what text, arriving date, leaving date, stands boolean)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF NOT stands OR room IS NULL THEN
        DELETE FROM room_claims WHERE hotel_id = hotel AND id = claim;
        RETURN;
    END IF;
    INSERT INTO room_claims (hotel_id, id, room_id, kind, first, until)
    VALUES (hotel, claim, room, what, arriving, leaving)
    ON CONFLICT (hotel_id, id)
    DO UPDATE SET room_id = room, first = arriving, until = leaving;
END $$;

CREATE OR REPLACE FUNCTION claim_block() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    PERFORM claim_room(NEW.hotel_id, NEW.id, NEW.room_id, 'block', NEW.first, NEW.until,
                       NEW.ended_at IS NULL);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER claim_block AFTER INSERT OR UPDATE ON room_blocks
    FOR EACH ROW EXECUTE FUNCTION claim_block();

-- For the table that says which stay has which room: `taken`, or else a status, says whether.
CREATE OR REPLACE FUNCTION claim_stay() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    stay jsonb := to_jsonb(NEW);
BEGIN
    PERFORM claim_room(
        NEW.hotel_id, NEW.id, NEW.room_id, 'stay', NEW.arrival, NEW.departure,
        coalesce((stay ->> 'taken')::boolean, stay ->> 'status' IN ('confirmed', 'checked_in')));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION leave_room() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    DELETE FROM room_claims WHERE hotel_id = OLD.hotel_id AND id = OLD.id;
    RETURN NULL;
END $$;

DO $$
DECLARE
    t text;
BEGIN
    FOR t IN
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND a.attname = 'room_id'
            AND NOT a.attisdropped AND c.relname IN ('bookings', 'booking_rooms')
    LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER claim_stay AFTER INSERT ON %I FOR EACH ROW '
                       'WHEN (NEW.room_id IS NOT NULL) EXECUTE FUNCTION claim_stay()', t);
        EXECUTE format('CREATE OR REPLACE TRIGGER move_claim AFTER UPDATE ON %I FOR EACH ROW '
                       'WHEN (NEW.room_id IS NOT NULL OR OLD.room_id IS NOT NULL) '
                       'EXECUTE FUNCTION claim_stay()', t);
        EXECUTE format('CREATE OR REPLACE TRIGGER leave_room AFTER DELETE ON %I FOR EACH ROW '
                       'WHEN (OLD.room_id IS NOT NULL) EXECUTE FUNCTION leave_room()', t);
    END LOOP;
END $$;

-- A booking that falls away takes its add-ons with it, whoever ends it: their stock is free again,
-- and each says so.
CREATE OR REPLACE FUNCTION addons_follow_booking() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    o booking_addons;
BEGIN
    FOR o IN
        UPDATE booking_addons
        SET status = 'cancelled', cancelled_at = coalesce(NEW.cancelled_at, now())
        WHERE hotel_id = NEW.hotel_id AND booking_id = NEW.id AND status = 'ordered'
        RETURNING *
    LOOP
        PERFORM give_back_addon(o);
        INSERT INTO outbox_events (hotel_id, id, aggregate_id, event_type, payload)
        VALUES (NEW.hotel_id, gen_random_uuid(), o.id, 'addon.cancelled', jsonb_build_object(
            'booking_addon_id', o.id, 'booking_id', o.booking_id, 'addon_id', o.addon_id,
            'amount', o.amount, 'tax', o.tax, 'currency', o.currency));
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION give_back_addon(o booking_addons) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, public
AS $$
    UPDATE addon_stock SET taken = taken - o.pieces_a_day
    WHERE hotel_id = o.hotel_id AND addon_id = o.addon_id AND o.pieces_a_day > 0
        AND day >= o.first AND day < o.until
$$;

CREATE OR REPLACE TRIGGER addons_follow_booking AFTER UPDATE ON bookings
    FOR EACH ROW WHEN (OLD.status <> NEW.status AND NEW.status IN ('cancelled', 'no_show'))
    EXECUTE FUNCTION addons_follow_booking();

DO $$
DECLARE
    ours text;
BEGIN
    FOREACH ours IN ARRAY ARRAY[
        'know_blocks', 'take_block', 'pay_owed_blocks', 'nights_without_room', 'give_back_block',
        'shift_capacity',
        'claim_room', 'claim_block', 'claim_stay', 'leave_room', 'addons_follow_booking',
        'give_back_addon']
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', ours);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO hotel_bot_tenant', ours);
    END LOOP;
END $$;
