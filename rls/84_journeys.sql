-- What rules will do by the clock is planned in the transaction that changes a stay, whoever makes
-- it: also bookings that are written in one statement, imports, and guests that are merged.
-- Whoever writes a booking holds a lock that only the planning of a saved rule ever asks for alone:
-- see 87_planning.sql.
CREATE POLICY platform ON planned_sends FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, state, try_at) ON planned_sends TO frontdesk_platform;

-- An instant from an anchor: at a wall clock's time so many days away, or so many minutes.
-- A time that a spring night skips is as much later, one that an autumn night repeats the second.
CREATE OR REPLACE FUNCTION moment_at(said jsonb, from_instant timestamptz, from_day date, zone text)
RETURNS timestamptz
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT CASE
        WHEN said ->> 'at' IS NULL
            THEN from_instant + make_interval(mins => (said ->> 'minutes')::int)
        ELSE (coalesce(from_day, (from_instant AT TIME ZONE zone)::date) + (said ->> 'days')::int
            + (said ->> 'at')::time) AT TIME ZONE zone
    END
$$;

CREATE OR REPLACE FUNCTION stay_moment(b bookings, said jsonb, zone text) RETURNS timestamptz
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT CASE said ->> 'anchor'
        WHEN 'booked' THEN moment_at(said, b.created_at, NULL, zone)
        WHEN 'arrival' THEN moment_at(said, NULL, b.arrival, zone)
        WHEN 'departure' THEN moment_at(said, NULL, b.departure, zone)
        WHEN 'checked_in' THEN moment_at(said, b.checked_in_at, NULL, zone)
        WHEN 'checked_out' THEN moment_at(said, b.checked_out_at, NULL, zone)
        WHEN 'payment_due' THEN moment_at(said, (
            SELECT min(p.expires_at) FROM payments p
            WHERE p.hotel_id = b.hotel_id AND p.booking_id = b.id
                AND p.status IN ('pending', 'unknown')), NULL, zone)
        WHEN 'mid_stay' THEN CASE WHEN b.departure - b.arrival >= 2
            THEN moment_at(said, NULL, b.arrival + (b.departure - b.arrival) / 2, zone) END
    END
$$;

-- When a stay's moment is, where it has one.
CREATE OR REPLACE FUNCTION stay_due(b bookings, said jsonb, zone text) RETURNS timestamptz
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT CASE WHEN b.status NOT IN ('cancelled', 'no_show') THEN stay_moment(b, said, zone) END
$$;

-- The days of a calendar rule from one day to another, at its time; a day is its own occurrence.
CREATE OR REPLACE FUNCTION calendar_days(said jsonb, first date, last date, zone text)
RETURNS TABLE (due timestamptz, occurrence text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT moment_at(said, NULL, d::date, zone), d::date::text
    FROM generate_series(first, least(last, first + 92), interval '1 day') d
    WHERE jsonb_typeof(said -> 'weekdays') IS DISTINCT FROM 'array'
        OR said -> 'weekdays' ? to_char(d, 'dy')
$$;

-- When a stay's moments are: one, or one a day.
CREATE OR REPLACE FUNCTION stay_dues(b bookings, said jsonb, zone text)
RETURNS TABLE (due timestamptz, occurrence text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT stay_due(b, said, zone), '' WHERE said ->> 'anchor' <> 'calendar'
    UNION ALL
    SELECT c.due, c.occurrence FROM calendar_days(said, b.arrival, b.departure, zone) c
    WHERE said ->> 'anchor' = 'calendar' AND b.status NOT IN ('cancelled', 'no_show')
$$;

-- What each rule wants of one stay. A rule looks ahead only: what was due before it was saved is
-- left, but for stays booked since; what one version has done no later version does again; and
-- nothing late is found for a stay that is long over.
CREATE OR REPLACE FUNCTION wanted_of_stay(b bookings, only_rule uuid)
RETURNS TABLE (trigger_id uuid, version int, subject uuid, occurrence text, booking_id uuid,
    hold_id uuid, conversation_id uuid, guest_id uuid, due_at timestamptz, until_at timestamptz)
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT t.id, t.version, b.id, m.occurrence, b.id, NULL::uuid, b.conversation_id, b.guest_id,
        m.due,
        stay_moment(b, t.schedule -> 'until', h.timezone)
    FROM triggers t
    JOIN hotels h ON h.id = t.hotel_id
    CROSS JOIN LATERAL stay_dues(b, t.schedule, h.timezone) m
    WHERE t.hotel_id = b.hotel_id AND t.event = 'stay.moment' AND t.enabled
        AND (only_rule IS NULL OR t.id = only_rule) AND m.due IS NOT NULL
        AND (m.due > now() - interval '30 days' OR b.departure >= current_date)
        AND (m.due >= t.updated_at OR b.created_at >= t.updated_at OR EXISTS (
            SELECT FROM planned_sends p
            WHERE p.hotel_id = b.hotel_id AND p.subject = b.id AND p.trigger_id = t.id
                AND p.occurrence = m.occurrence AND p.trigger_version = t.version))
        AND NOT EXISTS (
            SELECT FROM planned_sends p
            WHERE p.hotel_id = b.hotel_id AND p.subject = b.id AND p.trigger_id = t.id
                AND p.occurrence = m.occurrence AND p.trigger_version <> t.version
                AND (p.state IN ('sent', 'failed') OR p.decided_by IS NOT NULL))
$$;

CREATE OR REPLACE FUNCTION wanted_of_hold(s holds, only_rule uuid)
RETURNS TABLE (trigger_id uuid, version int, subject uuid, occurrence text, booking_id uuid,
    hold_id uuid, conversation_id uuid, guest_id uuid, due_at timestamptz, until_at timestamptz)
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT t.id, t.version, s.id, '', NULL::uuid, s.id, q.conversation_id, q.guest_id, m.due,
        moment_at(t.schedule -> 'until', s.expires_at, NULL, h.timezone)
    FROM triggers t
    JOIN hotels h ON h.id = t.hotel_id
    JOIN quotes q ON q.hotel_id = s.hotel_id AND q.id = s.quote_id
    CROSS JOIN LATERAL (
        SELECT moment_at(t.schedule, s.expires_at, NULL, h.timezone) AS due) m
    WHERE t.hotel_id = s.hotel_id AND t.event = 'hold.moment' AND t.enabled
        AND (only_rule IS NULL OR t.id = only_rule) AND s.status = 'active'
        AND (m.due >= t.updated_at OR s.created_at >= t.updated_at)
        AND NOT EXISTS (
            SELECT FROM planned_sends p
            WHERE p.hotel_id = s.hotel_id AND p.subject = s.id AND p.trigger_id = t.id
                AND p.trigger_version <> t.version
                AND (p.state IN ('sent', 'failed') OR p.decided_by IS NOT NULL))
$$;

-- Of a chat: so long after the guest's last message, or after ours that nobody answered.
CREATE OR REPLACE FUNCTION wanted_of_conversation(c conversations, only_rule uuid)
RETURNS TABLE (trigger_id uuid, version int, subject uuid, occurrence text, booking_id uuid,
    hold_id uuid, conversation_id uuid, guest_id uuid, due_at timestamptz, until_at timestamptz)
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT t.id, t.version, c.id, extract(epoch FROM m.since)::text, NULL::uuid, NULL::uuid, c.id,
        c.guest_id, m.due, moment_at(t.schedule -> 'until', m.since, NULL, m.zone)
    FROM (
        SELECT r.*, moment_at(r.schedule, r.since, NULL, r.zone) AS due
        FROM (
            SELECT t.*, h.timezone AS zone, CASE
                WHEN t.schedule ->> 'anchor' = 'guest_message' THEN c.last_inbound_at
                WHEN c.last_message_at > coalesce(c.last_inbound_at, '-infinity')
                    THEN c.last_message_at END AS since
            FROM triggers t JOIN hotels h ON h.id = t.hotel_id
            WHERE t.hotel_id = c.hotel_id AND t.event = 'conversation.moment' AND t.enabled
                AND (only_rule IS NULL OR t.id = only_rule) AND c.status <> 'closed') r) m
    JOIN triggers t ON t.hotel_id = c.hotel_id AND t.id = m.id
    WHERE m.since IS NOT NULL AND m.due >= t.updated_at AND NOT EXISTS (
        SELECT FROM planned_sends p
        WHERE p.hotel_id = c.hotel_id AND p.subject = c.id AND p.trigger_id = t.id
            AND p.occurrence = extract(epoch FROM m.since)::text
            AND p.trigger_version <> t.version
            AND (p.state IN ('sent', 'failed') OR p.decided_by IS NOT NULL))
$$;

-- Of the hotel itself: the next of its days after an instant.
CREATE OR REPLACE FUNCTION wanted_of_hotel(t triggers, since timestamptz)
RETURNS TABLE (trigger_id uuid, version int, subject uuid, occurrence text, booking_id uuid,
    hold_id uuid, conversation_id uuid, guest_id uuid, due_at timestamptz, until_at timestamptz)
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT t.id, t.version, h.id, c.occurrence, NULL::uuid, NULL::uuid, NULL::uuid, NULL::uuid,
        c.due, NULL::timestamptz
    FROM hotels h
    CROSS JOIN LATERAL calendar_days(t.schedule, (since AT TIME ZONE h.timezone)::date,
        (since AT TIME ZONE h.timezone)::date + 8, h.timezone) c
    WHERE h.id = t.hotel_id AND c.due > since
    ORDER BY c.due LIMIT 1
$$;
