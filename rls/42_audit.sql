-- The audit log is append-only. Whoever writes only adds; frontdesk_keeper, a role nobody can log
-- in as, seals what was added into one chain a hotel and lets go of what is too old, through the
-- three functions below and in no other way.

-- Also for the owner: to alter the log this trigger has to be taken off first, and the chain tells.
-- An entry learns here from where it was asked for: kit/asked.py binds it to the transaction.
CREATE OR REPLACE FUNCTION guard_audit() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $$
DECLARE
    asked text := current_setting('app.asked', true);
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF num_nonnulls(NEW.seq, NEW.prev_hash, NEW.hash) > 0 THEN
            RAISE EXCEPTION 'an entry is sealed by seal_audit() alone' USING ERRCODE = '42501';
        END IF;
        IF asked <> '' THEN
            asked := convert_from(decode(asked, 'hex'), 'UTF8');
            NEW.ip := nullif(split_part(asked, E'\n', 1), '');
            NEW.user_agent := nullif(split_part(asked, E'\n', 2), '');
        END IF;
        RETURN NEW;
    ELSIF current_user = 'frontdesk_keeper' AND TG_OP = 'UPDATE' AND OLD.seq IS NULL THEN
        RETURN NEW;
    ELSIF current_user = 'frontdesk_keeper' AND TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = '42501';
END $$;

CREATE OR REPLACE TRIGGER guard_rows BEFORE INSERT OR UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION guard_audit();
CREATE OR REPLACE TRIGGER guard_table BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION guard_audit();

-- An entry with all its columns as one line that never reads otherwise; its hash is SHA-256 of it.
CREATE OR REPLACE FUNCTION audit_line(e audit_log) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog
AS $$
    SELECT jsonb_build_object(
        'hotel_id', e.hotel_id, 'seq', e.seq, 'prev_hash', encode(e.prev_hash, 'hex'),
        'id', e.id, 'at', to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'actor', e.actor, 'action', e.action, 'subject', e.subject, 'old', e.old, 'new', e.new,
        'ip', e.ip, 'user_agent', e.user_agent)::text
$$;

-- Gives the oldest entries that have none their place in the bound hotel's chain; gives how many.
CREATE OR REPLACE FUNCTION seal_audit(batch int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    hotel uuid := public.get_current_tenant_id();
    head public.audit_heads;
    e public.audit_log;
    done int := 0;
BEGIN
    INSERT INTO public.audit_heads (hotel_id, sealed, last_hash, trimmed, trimmed_hash)
    SELECT hotel, 0, start, 0, start FROM sha256(convert_to(hotel::text, 'UTF8')) AS start
    ON CONFLICT (hotel_id) DO NOTHING;
    SELECT * INTO head FROM public.audit_heads WHERE hotel_id = hotel FOR UPDATE;
    FOR e IN SELECT * FROM public.audit_log WHERE hotel_id = hotel AND seq IS NULL
        ORDER BY created_at, id LIMIT least(batch, 5000)
    LOOP
        done := done + 1;
        e.seq := head.sealed + done;
        e.prev_hash := head.last_hash;
        head.last_hash := sha256(convert_to(public.audit_line(e), 'UTF8'));
        UPDATE public.audit_log SET seq = e.seq, prev_hash = e.prev_hash, hash = head.last_hash
        WHERE hotel_id = hotel AND id = e.id;
    END LOOP;
    UPDATE public.audit_heads SET sealed = head.sealed + done, last_hash = head.last_hash
    WHERE hotel_id = hotel AND done > 0;
    RETURN done;
END $$;

-- Lets go of the chain's oldest entries, none of them younger than 90 days; the head keeps where
-- the rest begins, and the chain itself that it was done. Gives how many went.
CREATE OR REPLACE FUNCTION trim_audit(before timestamptz, batch int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    hotel uuid := public.get_current_tenant_id();
    head public.audit_heads;
    last bigint;
BEGIN
    SELECT * INTO head FROM public.audit_heads WHERE hotel_id = hotel FOR UPDATE;
    last := (SELECT seq - 1 FROM public.audit_log
        WHERE hotel_id = hotel AND seq > head.trimmed
            AND created_at >= least(before, now() - interval '90 days')
        ORDER BY seq LIMIT 1);
    last := least(coalesce(last, head.sealed), head.trimmed + batch);
    IF last IS NULL OR last <= head.trimmed THEN
        RETURN 0;
    END IF;
    UPDATE public.audit_heads SET trimmed = last, trimmed_hash =
        (SELECT hash FROM public.audit_log WHERE hotel_id = hotel AND seq = last)
    WHERE hotel_id = hotel;
    DELETE FROM public.audit_log WHERE hotel_id = hotel AND seq <= last;
    INSERT INTO public.audit_log (hotel_id, id, actor, action, subject, new)
    VALUES (hotel, gen_random_uuid(), 'clock', 'audit.trim', 'hotel:' || hotel,
        jsonb_build_object('entries', last - head.trimmed, 'up_to', last));
    RETURN last - head.trimmed;
END $$;

-- Deletes what the app itself may not, once it is too old, and never younger than a day: bodies of
-- events that nobody waits for, messages that no sending needs, the ledger of triggers.
CREATE OR REPLACE FUNCTION expire_rows(class text, before timestamptz, batch int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    hotel uuid := public.get_current_tenant_id();
    until timestamptz := least(before, now() - interval '1 day');
    gone int;
BEGIN
    IF class = 'raw_events' THEN
        DELETE FROM public.inbound_events WHERE hotel_id = hotel AND id IN (
            SELECT id FROM public.inbound_events
            WHERE hotel_id = hotel AND state <> 'waiting' AND received_at < until LIMIT batch);
    ELSIF class = 'messages' THEN
        DELETE FROM public.messages WHERE hotel_id = hotel AND id IN (
            SELECT m.id FROM public.messages m
            WHERE m.hotel_id = hotel AND m.occurred_at < until AND NOT EXISTS (
                SELECT FROM public.outbound_messages o
                WHERE o.hotel_id = hotel AND o.message_id = m.id) LIMIT batch);
    ELSIF class = 'happenings' THEN
        DELETE FROM public.trigger_runs WHERE hotel_id = hotel AND id IN (
            SELECT id FROM public.trigger_runs
            WHERE hotel_id = hotel AND created_at < until LIMIT batch);
    ELSE
        RAISE EXCEPTION 'there is no such class' USING ERRCODE = '22023';
    END IF;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

DO $$
DECLARE
    kept text;
    guard constant text := 'hotel_id = (SELECT get_current_tenant_id())';
BEGIN
    FOR kept IN
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        EXECUTE format('REVOKE ALL ON %I FROM frontdesk_keeper', kept);
    END LOOP;
    FOREACH kept IN ARRAY ARRAY[
        'audit_log', 'audit_heads', 'inbound_events', 'messages', 'outbound_messages',
        'trigger_runs']
    LOOP
        EXECUTE format('CREATE POLICY keeper ON %I TO frontdesk_keeper USING (%s) WITH CHECK (%s)',
            kept, guard, guard);
    END LOOP;
END $$;

REVOKE INSERT, UPDATE, DELETE ON audit_heads FROM hotel_bot_tenant;
GRANT SELECT, INSERT, DELETE ON audit_log TO frontdesk_keeper;
GRANT UPDATE (seq, prev_hash, hash) ON audit_log TO frontdesk_keeper;
GRANT SELECT, INSERT, UPDATE ON audit_heads TO frontdesk_keeper;
GRANT SELECT, DELETE ON inbound_events, messages, trigger_runs TO frontdesk_keeper;
GRANT SELECT ON outbound_messages TO frontdesk_keeper;
GRANT EXECUTE ON FUNCTION get_current_tenant_id() TO frontdesk_keeper;

GRANT CREATE ON SCHEMA public TO frontdesk_keeper;
ALTER FUNCTION seal_audit(int) OWNER TO frontdesk_keeper;
ALTER FUNCTION trim_audit(timestamptz, int) OWNER TO frontdesk_keeper;
ALTER FUNCTION expire_rows(text, timestamptz, int) OWNER TO frontdesk_keeper;
REVOKE CREATE ON SCHEMA public FROM frontdesk_keeper;
REVOKE ALL ON FUNCTION guard_audit(), audit_line(audit_log), seal_audit(int),
    trim_audit(timestamptz, int), expire_rows(text, timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_line(audit_log) TO hotel_bot_tenant, frontdesk_keeper;
GRANT EXECUTE ON FUNCTION seal_audit(int), trim_audit(timestamptz, int),
    expire_rows(text, timestamptz, int) TO hotel_bot_tenant;
