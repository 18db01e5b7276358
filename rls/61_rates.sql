-- Rates: one version a hotel, changed in the transaction that changes a price, so that a reader in
-- any connection sees both or neither. It is a random id and not a count: what is read under a
-- version that was then rolled back is never found again. The statement takes the hotel's row before
-- its own rows: two who change rates wait for one another and never in a circle.
CREATE OR REPLACE FUNCTION change_rates() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    bound text := current_setting('app.hotel_id', true);
BEGIN
    IF bound <> '' THEN
        UPDATE hotels SET rates_version = gen_random_uuid() WHERE id = bound::uuid;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION change_hotel_rates() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    NEW.rates_version := gen_random_uuid();
    RETURN NEW;
END $$;

DO $$
DECLARE
    ours text;
BEGIN
    FOREACH ours IN ARRAY ARRAY[
        'rate_plans', 'rate_rules', 'rate_supplements', 'rate_restrictions', 'rate_allotments',
        'rate_nights', 'taxes', 'room_types']
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER rates_change BEFORE INSERT OR UPDATE OR DELETE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION change_rates()', ours);
    END LOOP;
END $$;
-- Selling moves the counters of a night, never its price: a booking does not come by here.
CREATE OR REPLACE TRIGGER rates_change BEFORE INSERT OR UPDATE OF price OR DELETE
    ON nightly_inventory FOR EACH STATEMENT EXECUTE FUNCTION change_rates();
CREATE OR REPLACE TRIGGER rates_change
    BEFORE UPDATE OF timezone, currency, cancel_free_hours, quote_minutes ON hotels
    FOR EACH ROW EXECUTE FUNCTION change_hotel_rates();

-- Rooms that each plan has sold or keeps, by type and night.
CREATE OR REPLACE FUNCTION plan_sales(opening date, leaving date, at timestamptz)
RETURNS TABLE (plan_id uuid, room_type_id uuid, night date, rooms int)
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT s.plan_id, s.room_type_id, s.night, sum(s.rooms)::int FROM (
        SELECT n.rate_plan_id AS plan_id, n.room_type_id, n.night, n.rooms
        FROM booking_nights n
        JOIN bookings b ON b.hotel_id = n.hotel_id AND b.id = n.booking_id
        WHERE n.hotel_id = get_current_tenant_id() AND n.rate_plan_id IS NOT NULL
            AND n.released_at IS NULL AND n.night >= opening AND n.night < leaving
            AND b.status IN ('confirmed', 'checked_in', 'checked_out')
        UNION ALL
        SELECT q.rate_plan_id, h.room_type_id, night::date, h.rooms
        FROM holds h
        JOIN quotes q ON q.hotel_id = h.hotel_id AND q.id = h.quote_id
            AND q.rate_plan_id IS NOT NULL
        CROSS JOIN generate_series(greatest(h.arrival, opening), least(h.departure, leaving) - 1,
            '1 day') AS night
        WHERE h.hotel_id = get_current_tenant_id() AND h.status = 'active'
            AND h.expires_at > plan_sales.at AND h.arrival < leaving AND h.departure > opening) s
    GROUP BY 1, 2, 3
$$;

-- Raises `room taken` where a plan has sold more than its allotment; the nights are locked by then.
CREATE OR REPLACE FUNCTION keep_allotment(
    hotel uuid, plan uuid, kind uuid, arriving date, leaving date, at timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF plan IS NULL OR NOT EXISTS (SELECT FROM rate_allotments
        WHERE hotel_id = hotel AND plan_id = plan AND room_type_id = kind) THEN
        RETURN;
    END IF;
    IF EXISTS (
        SELECT FROM plan_sales(arriving, leaving, keep_allotment.at) s
        JOIN rate_allotments a ON a.hotel_id = hotel AND a.plan_id = s.plan_id
            AND a.room_type_id = s.room_type_id
        WHERE s.plan_id = plan AND s.room_type_id = kind AND s.rooms > a.rooms
            AND (a.first IS NULL OR a.first <= s.night) AND (a.last IS NULL OR s.night <= a.last)
            AND a.weekdays >> (extract(isodow FROM s.night)::int - 1) & 1 = 1) THEN
        RAISE EXCEPTION 'room taken' USING ERRCODE = 'ZB001';
    END IF;
END $$;

-- Everything but the calendar that makes a price, in one answer: what frontdesk.bookings.book reads
-- and keeps for as long as the version stands.
CREATE OR REPLACE FUNCTION rate_book() RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT jsonb_build_object(
        'kinds', (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.base_price, t.code) FROM (
            SELECT id, code, name, max_adults, max_children, max_guests, features, base_price
            FROM room_types WHERE hotel_id = get_current_tenant_id() AND active) t),
        'plans', (SELECT jsonb_agg(to_jsonb(p) ORDER BY p.is_default DESC, p.position, p.code)
            FROM rate_plans p WHERE p.hotel_id = get_current_tenant_id()),
        'rules', (SELECT jsonb_agg(to_jsonb(r)) FROM rate_rules r
            WHERE r.hotel_id = get_current_tenant_id()),
        'supplements', (SELECT jsonb_agg(to_jsonb(s)) FROM rate_supplements s
            WHERE s.hotel_id = get_current_tenant_id()),
        'limits', (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.id) FROM rate_restrictions l
            WHERE l.hotel_id = get_current_tenant_id()),
        'allotments', (SELECT jsonb_agg(to_jsonb(a)) FROM rate_allotments a
            WHERE a.hotel_id = get_current_tenant_id()),
        'taxes', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.name) FROM taxes x
            WHERE x.hotel_id = get_current_tenant_id()))
$$;

DO $$
DECLARE
    ours text;
BEGIN
    FOREACH ours IN ARRAY ARRAY[
        'change_rates', 'change_hotel_rates', 'plan_sales', 'keep_allotment', 'rate_book']
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', ours);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO hotel_bot_tenant', ours);
    END LOOP;
END $$;
