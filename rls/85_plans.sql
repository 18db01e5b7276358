-- Plans are written by upsert, what is no longer wanted is called off; 84_journeys.sql says what.
CREATE OR REPLACE FUNCTION plan_kept(hotel uuid, wanted jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    INSERT INTO planned_sends AS p (hotel_id, id, trigger_id, trigger_version, subject, occurrence,
        booking_id, hold_id, conversation_id, guest_id, due_at, until_at, try_at, rank)
    SELECT hotel, gen_random_uuid(), w.trigger_id, w.version, w.subject, w.occurrence, w.booking_id,
        w.hold_id, w.conversation_id, w.guest_id, w.due_at, w.until_at, w.due_at,
        (SELECT -t.priority FROM triggers t WHERE t.hotel_id = hotel AND t.id = w.trigger_id)
    FROM jsonb_to_recordset(wanted) AS w (trigger_id uuid, version int, subject uuid,
        occurrence text, booking_id uuid, hold_id uuid, conversation_id uuid, guest_id uuid,
        due_at timestamptz, until_at timestamptz)
    ORDER BY w.trigger_id, w.subject
    ON CONFLICT (hotel_id, trigger_id, trigger_version, subject, occurrence) DO UPDATE SET
        state = 'planned', why = '[]', worked_at = NULL, tries = 0,
        guest_id = EXCLUDED.guest_id, conversation_id = EXCLUDED.conversation_id,
        due_at = EXCLUDED.due_at, until_at = EXCLUDED.until_at,
        try_at = CASE WHEN p.decided_by IS NULL THEN EXCLUDED.due_at ELSE p.try_at END,
        planned_at = CASE WHEN p.state = 'planned' AND p.due_at = EXCLUDED.due_at
            THEN p.planned_at ELSE now() END
    WHERE p.state = 'cancelled'
        OR p.state = 'skipped' AND p.decided_by IS NULL AND p.due_at <> EXCLUDED.due_at
        OR p.state = 'planned' AND (p.guest_id, p.conversation_id, p.due_at, p.until_at)
            IS DISTINCT FROM (EXCLUDED.guest_id, EXCLUDED.conversation_id, EXCLUDED.due_at,
                EXCLUDED.until_at);
END $$;

CREATE OR REPLACE FUNCTION plan_wanted(hotel uuid, only_rule uuid, only_subject uuid, wanted jsonb)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    PERFORM plan_kept(hotel, wanted);
    UPDATE planned_sends p SET state = 'cancelled', worked_at = now(),
        why = '[{"cancelled": "its subject or its rule changed"}]'
    WHERE p.hotel_id = hotel AND p.state = 'planned'
        AND (only_rule IS NULL OR p.trigger_id = only_rule)
        AND (only_subject IS NULL OR p.subject = only_subject)
        AND NOT EXISTS (
            SELECT FROM jsonb_to_recordset(wanted) AS w (trigger_id uuid, version int,
                subject uuid, occurrence text)
            WHERE (w.trigger_id, w.version, w.subject, w.occurrence)
                = (p.trigger_id, p.trigger_version, p.subject, p.occurrence));
END $$;

CREATE OR REPLACE FUNCTION plan_booking() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(NEW.hotel_id::text, 84));
    IF EXISTS (SELECT FROM triggers t
        WHERE t.hotel_id = NEW.hotel_id AND t.event = 'stay.moment' AND t.enabled) THEN
        PERFORM plan_wanted(NEW.hotel_id, NULL, NEW.id, coalesce(jsonb_agg(to_jsonb(w)), '[]'))
        FROM wanted_of_stay(NEW, NULL) w;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION plan_hold() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(NEW.hotel_id::text, 84));
    IF EXISTS (SELECT FROM triggers t
        WHERE t.hotel_id = NEW.hotel_id AND t.event = 'hold.moment' AND t.enabled) THEN
        PERFORM plan_wanted(NEW.hotel_id, NULL, NEW.id, coalesce(jsonb_agg(to_jsonb(w)), '[]'))
        FROM wanted_of_hold(NEW, NULL) w;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION plan_conversation() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(NEW.hotel_id::text, 84));
    IF EXISTS (SELECT FROM triggers t
        WHERE t.hotel_id = NEW.hotel_id AND t.event = 'conversation.moment' AND t.enabled) THEN
        PERFORM plan_wanted(NEW.hotel_id, NULL, NEW.id, coalesce(jsonb_agg(to_jsonb(w)), '[]'))
        FROM wanted_of_conversation(NEW, NULL) w;
    END IF;
    RETURN NULL;
END $$;

-- A saved rule is planned for everything that it may still be about, by 87_planning.sql: the rule
-- itself only says that it has to be, and nobody waits.
CREATE OR REPLACE FUNCTION plan_rule() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR NEW.enabled THEN
        INSERT INTO rule_plannings (hotel_id, id, trigger_id, trigger_version, started_at)
        VALUES (NEW.hotel_id, gen_random_uuid(), NEW.id, NEW.version, now())
        ON CONFLICT (hotel_id, trigger_id) DO UPDATE SET
            trigger_version = EXCLUDED.trigger_version, started_at = EXCLUDED.started_at,
            fenced = false, past = NULL, busy = '{}', done = 0, total = NULL, finished_at = NULL;
    END IF;
    RETURN NULL;
END $$;

-- What the hotel's own calendar wants next, once the last one was worked.
CREATE OR REPLACE FUNCTION plan_next(rule uuid, since timestamptz) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    t triggers;
BEGIN
    SELECT * INTO t FROM triggers WHERE id = rule AND enabled AND event = 'hotel.moment';
    IF FOUND THEN
        PERFORM plan_wanted(t.hotel_id, t.id, NULL, coalesce(jsonb_agg(to_jsonb(w)), '[]'))
        FROM wanted_of_hotel(t, since) w;
    END IF;
END $$;

-- A payment that is asked for, or has come, moves what its stay is reminded of.
CREATE OR REPLACE FUNCTION plan_payment() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    b bookings;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(NEW.hotel_id::text, 84));
    IF EXISTS (SELECT FROM triggers t
        WHERE t.hotel_id = NEW.hotel_id AND t.event = 'stay.moment' AND t.enabled
            AND t.schedule ->> 'anchor' = 'payment_due') THEN
        -- Nobody holds the stay here: a rule that is being planned looks at it again.
        UPDATE rule_plannings SET busy = busy || NEW.booking_id
        WHERE hotel_id = NEW.hotel_id AND finished_at IS NULL;
        SELECT * INTO b FROM bookings WHERE hotel_id = NEW.hotel_id AND id = NEW.booking_id;
        PERFORM plan_wanted(NEW.hotel_id, NULL, b.id, coalesce(jsonb_agg(to_jsonb(w)), '[]'))
        FROM wanted_of_stay(b, NULL) w;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER plan_booking_made AFTER INSERT ON bookings
    FOR EACH ROW EXECUTE FUNCTION plan_booking();
CREATE OR REPLACE TRIGGER plan_booking_changed
    AFTER UPDATE OF arrival, departure, status, checked_in_at, checked_out_at, guest_id ON bookings
    FOR EACH ROW EXECUTE FUNCTION plan_booking();
CREATE OR REPLACE TRIGGER plan_payment AFTER INSERT OR UPDATE OF status, expires_at ON payments
    FOR EACH ROW EXECUTE FUNCTION plan_payment();
CREATE OR REPLACE TRIGGER plan_hold AFTER INSERT OR UPDATE ON holds
    FOR EACH ROW EXECUTE FUNCTION plan_hold();
CREATE OR REPLACE TRIGGER plan_conversation
    AFTER UPDATE OF last_inbound_at, last_message_at, status ON conversations
    FOR EACH ROW WHEN ((OLD.last_inbound_at, OLD.last_message_at, OLD.status)
        IS DISTINCT FROM (NEW.last_inbound_at, NEW.last_message_at, NEW.status))
    EXECUTE FUNCTION plan_conversation();
CREATE OR REPLACE TRIGGER plan_rule_made AFTER INSERT ON triggers
    FOR EACH ROW WHEN (NEW.event LIKE '%.moment') EXECUTE FUNCTION plan_rule();
CREATE OR REPLACE TRIGGER plan_rule_changed AFTER UPDATE ON triggers
    FOR EACH ROW WHEN (OLD.event LIKE '%.moment' OR NEW.event LIKE '%.moment')
    EXECUTE FUNCTION plan_rule();

DO $$
DECLARE
    ours text;
BEGIN
    FOREACH ours IN ARRAY ARRAY[
        'moment_at', 'stay_moment', 'stay_due', 'stay_dues', 'calendar_days', 'wanted_of_stay',
        'wanted_of_hold', 'wanted_of_conversation', 'wanted_of_hotel', 'plan_kept', 'plan_wanted',
        'plan_booking', 'plan_hold', 'plan_payment', 'plan_conversation', 'plan_rule',
        'plan_next']
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', ours);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO hotel_bot_tenant', ours);
    END LOOP;
END $$;
