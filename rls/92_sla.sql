-- The clocks of what is promised to guests, kept in the transaction of each message and each change
-- of a chat, whoever makes it. Open hours come as spans of instants (kit/open_hours.py).
CREATE POLICY platform ON sla_clocks FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, look_at) ON sla_clocks TO frontdesk_platform;

CREATE OR REPLACE FUNCTION sla_policy_of(hotel uuid, department uuid) RETURNS SETOF sla_policies
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT p.* FROM sla_policies p
    WHERE p.hotel_id = hotel AND p.enabled
        AND (p.department_id IS NULL OR p.department_id = department)
    ORDER BY p.department_id NULLS LAST LIMIT 1
$$;

-- None: always open.
CREATE OR REPLACE FUNCTION sla_calendar_of(hotel uuid, department uuid, open_hours boolean)
RETURNS uuid
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT c.id FROM sla_calendars c
    WHERE open_hours AND c.hotel_id = hotel
        AND (c.department_id IS NULL OR c.department_id = department)
    ORDER BY c.department_id NULLS LAST LIMIT 1
$$;

-- Open seconds from one instant to another.
CREATE OR REPLACE FUNCTION sla_used(
    hotel uuid, calendar uuid, since timestamptz, until timestamptz)
RETURNS bigint
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT CASE
        WHEN until <= since THEN 0
        WHEN calendar IS NULL THEN round(extract(epoch FROM until - since))::bigint
        ELSE coalesce((
            SELECT round(sum(extract(epoch FROM
                least(s.ends_at, until) - greatest(s.starts_at, since))))::bigint
            FROM sla_spans s
            WHERE s.hotel_id = hotel AND s.calendar_id = calendar
                AND s.ends_at > since AND s.starts_at < until), 0)
    END
$$;

-- When so many open seconds are over; none where the calendar ends before.
CREATE OR REPLACE FUNCTION sla_due(hotel uuid, calendar uuid, since timestamptz, seconds bigint)
RETURNS timestamptz
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT CASE
        WHEN seconds <= 0 THEN since
        WHEN calendar IS NULL THEN since + make_interval(secs => seconds)
        ELSE (
            SELECT o.opens + make_interval(secs => seconds - (o.total - o.length))
            FROM (
                SELECT greatest(s.starts_at, since) AS opens,
                    extract(epoch FROM s.ends_at - greatest(s.starts_at, since)) AS length,
                    sum(extract(epoch FROM s.ends_at - greatest(s.starts_at, since)))
                        OVER (ORDER BY s.ends_at) AS total
                FROM sla_spans s
                WHERE s.hotel_id = hotel AND s.calendar_id = calendar AND s.ends_at > since
            ) o
            WHERE o.total >= seconds ORDER BY o.total LIMIT 1)
    END
$$;

-- Deadline, warning and the next look of one clock, by the promise as it stands.
CREATE OR REPLACE FUNCTION sla_wind(c sla_clocks, department uuid) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    p sla_policies;
    minutes int;
    calendar uuid;
    warn timestamptz;
    due timestamptz;
BEGIN
    SELECT * INTO p FROM sla_policy_of(c.hotel_id, department);
    minutes := CASE c.kind WHEN 'first' THEN p.first_minutes WHEN 'next' THEN p.next_minutes
        ELSE p.resolution_minutes END;
    IF minutes IS NULL THEN
        UPDATE sla_clocks s SET state = 'over', look_at = NULL
        WHERE s.hotel_id = c.hotel_id AND s.id = c.id;
        RETURN;
    END IF;
    IF c.state = 'running' THEN
        calendar := sla_calendar_of(c.hotel_id, department, p.open_hours);
        due := sla_due(c.hotel_id, calendar, c.started_at, minutes * 60 - c.used_seconds);
        warn := sla_due(c.hotel_id, calendar, c.started_at,
            minutes * 60 * p.warn_percent / 100 - c.used_seconds);
    END IF;
    UPDATE sla_clocks s SET target_minutes = minutes, warn_at = warn, due_at = due,
        look_at = CASE WHEN s.breached_at IS NOT NULL THEN NULL
            WHEN s.warned_at IS NOT NULL THEN due ELSE least(warn, due) END
    WHERE s.hotel_id = c.hotel_id AND s.id = c.id;
END $$;

-- Starts a clock anew, unless it runs.
CREATE OR REPLACE FUNCTION sla_start(
    hotel uuid, talk uuid, department uuid, wanted text, at timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    c sla_clocks;
BEGIN
    INSERT INTO sla_clocks AS s
        (hotel_id, id, conversation_id, kind, state, started_at, target_minutes)
    VALUES (hotel, gen_random_uuid(), talk, wanted, 'running', at, 0)
    ON CONFLICT (hotel_id, conversation_id, kind) DO UPDATE SET
        cycle = CASE WHEN s.state = 'paused' THEN s.cycle ELSE s.cycle + 1 END,
        used_seconds = CASE WHEN s.state = 'paused' THEN s.used_seconds ELSE 0 END,
        warned_at = CASE WHEN s.state = 'paused' THEN s.warned_at END,
        breached_at = CASE WHEN s.state = 'paused' THEN s.breached_at END,
        state = 'running', started_at = at, met_at = NULL
    WHERE s.state <> 'running'
    RETURNING * INTO c;
    IF c.id IS NOT NULL THEN
        PERFORM sla_wind(c, department);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION sla_guest_waits(t conversations, p sla_policies, at timestamptz)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    greeted boolean;
BEGIN
    SELECT coalesce(bool_or(c.state = 'met'), false) INTO greeted FROM sla_clocks c
    WHERE c.hotel_id = t.hotel_id AND c.conversation_id = t.id AND c.kind = 'first';
    IF p.first_minutes IS NOT NULL AND NOT greeted THEN
        PERFORM sla_start(t.hotel_id, t.id, t.department_id, 'first', at);
    ELSIF p.next_minutes IS NOT NULL THEN
        PERFORM sla_start(t.hotel_id, t.id, t.department_id, 'next', at);
    END IF;
    IF p.resolution_minutes IS NOT NULL THEN
        PERFORM sla_start(t.hotel_id, t.id, t.department_id, 'resolution', at);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION sla_answered(t conversations, p sla_policies, at timestamptz)
RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, public
AS $$
    UPDATE sla_clocks c SET state = 'met', met_at = at, look_at = NULL
    WHERE c.hotel_id = t.hotel_id AND c.conversation_id = t.id AND c.state = 'running'
        AND c.kind <> 'resolution';
    UPDATE sla_clocks c SET state = 'paused', look_at = NULL, due_at = NULL, warn_at = NULL,
        used_seconds = c.used_seconds + sla_used(c.hotel_id,
            sla_calendar_of(c.hotel_id, t.department_id, p.open_hours), c.started_at, at)
    WHERE c.hotel_id = t.hotel_id AND c.conversation_id = t.id AND c.state = 'running'
        AND c.kind = 'resolution';
$$;

CREATE OR REPLACE FUNCTION sla_message() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    t conversations;
    p sla_policies;
BEGIN
    IF NOT EXISTS (SELECT FROM sla_policies WHERE hotel_id = NEW.hotel_id AND enabled) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO t FROM conversations WHERE hotel_id = NEW.hotel_id AND id = NEW.conversation_id;
    SELECT * INTO p FROM sla_policy_of(NEW.hotel_id, t.department_id);
    IF p.id IS NULL THEN
        RETURN NULL;
    END IF;
    IF NEW.direction = 'in' THEN
        -- what came late was answered before it came
        IF NOT EXISTS (SELECT FROM messages m WHERE m.hotel_id = NEW.hotel_id
            AND m.conversation_id = t.id AND m.occurred_at > NEW.occurred_at
            AND m.author IN ('staff', 'phone')) THEN
            PERFORM sla_guest_waits(t, p, NEW.occurred_at);
        END IF;
    ELSIF NEW.author IN ('staff', 'phone')
        OR NEW.author = 'bot' AND p.bot_counts AND t.owner = 'bot' THEN
        PERFORM sla_answered(t, p, NEW.occurred_at);
    END IF;
    RETURN NULL;
END $$;

-- Closed, nothing is owed; where a person is needed the guest waits for one, whatever the bot said;
-- back with the bot, for nobody; in another department, by its promise.
CREATE OR REPLACE FUNCTION sla_conversation() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    p sla_policies;
BEGIN
    IF NOT EXISTS (SELECT FROM sla_policies WHERE hotel_id = NEW.hotel_id) THEN
        RETURN NULL;
    END IF;
    IF NEW.status IN ('resolved', 'closed') THEN
        UPDATE sla_clocks c SET state = 'over', look_at = NULL
        WHERE c.hotel_id = NEW.hotel_id AND c.conversation_id = NEW.id;
        RETURN NULL;
    END IF;
    IF NEW.department_id IS DISTINCT FROM OLD.department_id THEN
        PERFORM sla_wind(c, NEW.department_id) FROM sla_clocks c
        WHERE c.hotel_id = NEW.hotel_id AND c.conversation_id = NEW.id
            AND c.state IN ('running', 'paused');
    END IF;
    SELECT * INTO p FROM sla_policy_of(NEW.hotel_id, NEW.department_id);
    IF p.id IS NOT NULL AND NEW.owner = 'staff'
        AND OLD.assignee_id IS NULL AND OLD.unassigned_since IS NULL
        AND coalesce(NEW.unassigned_since, NEW.assigned_at) IS NOT NULL THEN
        PERFORM sla_guest_waits(NEW, p, coalesce(NEW.unassigned_since, NEW.assigned_at));
    ELSIF NEW.owner = 'bot' AND OLD.owner = 'staff' THEN
        UPDATE sla_clocks c SET state = 'over', look_at = NULL
        WHERE c.hotel_id = NEW.hotel_id AND c.conversation_id = NEW.id AND c.state = 'running';
    END IF;
    RETURN NULL;
END $$;

-- Everything that runs, by promises and hours as they are now; once warned stays warned.
CREATE OR REPLACE FUNCTION sla_rewind(hotel uuid) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, public
AS $$
    SELECT sla_wind(c, t.department_id) FROM sla_clocks c
    JOIN conversations t ON t.hotel_id = c.hotel_id AND t.id = c.conversation_id
    WHERE c.hotel_id = hotel AND c.state IN ('running', 'paused')
$$;

CREATE OR REPLACE TRIGGER sla_message AFTER INSERT ON messages FOR EACH ROW
    WHEN (NEW.kind NOT IN ('call', 'reaction') AND NEW.author <> 'system')
    EXECUTE FUNCTION sla_message();
CREATE OR REPLACE TRIGGER sla_conversation
    AFTER UPDATE OF status, owner, department_id, unassigned_since, assignee_id ON conversations
    FOR EACH ROW WHEN (
        (OLD.status, OLD.owner, OLD.department_id, OLD.unassigned_since, OLD.assignee_id)
        IS DISTINCT FROM
        (NEW.status, NEW.owner, NEW.department_id, NEW.unassigned_since, NEW.assignee_id))
    EXECUTE FUNCTION sla_conversation();

DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['sla_policy_of', 'sla_calendar_of', 'sla_used', 'sla_due', 'sla_wind',
        'sla_start', 'sla_guest_waits', 'sla_answered', 'sla_message', 'sla_conversation',
        'sla_rewind']
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO hotel_bot_tenant', f);
    END LOOP;
END $$;
