-- A rule that was saved is planned for all that was there before it, a lot at a time, after its own
-- commit: a hotel with a hundred thousand bookings goes on booking meanwhile.
--
-- Who writes a subject plans it in the same transaction (85_plans.sql), for every rule it can see,
-- and holds the hotel's lock 84 shared until it commits. So once that lock was had alone for a
-- moment (plan_fence), whoever did not see the rule has committed, and whoever comes later sees it.
-- From then on a lot is: take its subjects, without waiting for anybody who changes one; read them
-- as they now are; plan them. Those that somebody was changing are looked at again at the end.
-- Rows of other versions are called off first, and claimed no more by whoever sends (claim.py).
CREATE POLICY platform ON rule_plannings FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, started_at, finished_at) ON rule_plannings TO frontdesk_platform;

-- False where somebody has been writing for longer than we make others wait.
CREATE OR REPLACE FUNCTION plan_fence(hotel uuid) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, public
SET lock_timeout = '200ms'
AS $$
DECLARE
    mine uuid[];
BEGIN
    SELECT array_agg(p.id) INTO mine FROM (
        SELECT r.id FROM rule_plannings r
        WHERE r.hotel_id = hotel AND r.finished_at IS NULL AND NOT r.fenced
        FOR UPDATE SKIP LOCKED) p;
    IF mine IS NULL THEN
        RETURN true;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(hotel::text, 84));
    UPDATE rule_plannings SET fenced = true WHERE hotel_id = hotel AND id = ANY (mine);
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END $$;

-- What another version of the rule planned, or this one that is off; a person's own word stands as
-- long as the rule is on.
CREATE OR REPLACE FUNCTION plan_calls_off(t triggers, most int) RETURNS int
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    gone int;
BEGIN
    UPDATE planned_sends p SET state = 'cancelled', worked_at = now(),
        why = '[{"cancelled": "its subject or its rule changed"}]'
    FROM (
        SELECT s.id FROM planned_sends s
        WHERE s.hotel_id = t.hotel_id AND s.trigger_id = t.id AND s.state = 'planned'
            AND (NOT t.enabled OR s.trigger_version <> t.version AND s.decided_by IS NULL)
        LIMIT most FOR UPDATE SKIP LOCKED) old
    WHERE p.hotel_id = t.hotel_id AND p.id = old.id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

-- Plans those of `ids` that nobody is changing, and gives them.
CREATE OR REPLACE FUNCTION plan_lot(t triggers, ids uuid[]) RETURNS uuid[]
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    taken uuid[];
    wanted jsonb;
BEGIN
    CASE t.event
    WHEN 'stay.moment' THEN
        SELECT array_agg(x.id) INTO taken FROM (
            SELECT b.id FROM bookings b WHERE b.hotel_id = t.hotel_id AND b.id = ANY (ids)
            FOR SHARE SKIP LOCKED) x;
        SELECT jsonb_agg(to_jsonb(w)) INTO wanted
        FROM bookings b CROSS JOIN LATERAL wanted_of_stay(b, t.id) w
        WHERE b.hotel_id = t.hotel_id AND b.id = ANY (taken);
    WHEN 'hold.moment' THEN
        SELECT array_agg(x.id) INTO taken FROM (
            SELECT s.id FROM holds s WHERE s.hotel_id = t.hotel_id AND s.id = ANY (ids)
            FOR SHARE SKIP LOCKED) x;
        SELECT jsonb_agg(to_jsonb(w)) INTO wanted
        FROM holds s CROSS JOIN LATERAL wanted_of_hold(s, t.id) w
        WHERE s.hotel_id = t.hotel_id AND s.id = ANY (taken);
    ELSE
        SELECT array_agg(x.id) INTO taken FROM (
            SELECT c.id FROM conversations c WHERE c.hotel_id = t.hotel_id AND c.id = ANY (ids)
            FOR SHARE SKIP LOCKED) x;
        SELECT jsonb_agg(to_jsonb(w)) INTO wanted
        FROM conversations c CROSS JOIN LATERAL wanted_of_conversation(c, t.id) w
        WHERE c.hotel_id = t.hotel_id AND c.id = ANY (taken);
    END CASE;
    wanted := coalesce(wanted, '[]');
    PERFORM plan_kept(t.hotel_id, wanted);
    UPDATE planned_sends p SET state = 'cancelled', worked_at = now(),
        why = '[{"cancelled": "its subject or its rule changed"}]'
    WHERE p.hotel_id = t.hotel_id AND p.trigger_id = t.id AND p.state = 'planned'
        AND p.subject = ANY (taken) AND NOT EXISTS (
            SELECT FROM jsonb_to_recordset(wanted) AS w (version int, subject uuid, occurrence text)
            WHERE (w.version, w.subject, w.occurrence)
                = (p.trigger_version, p.subject, p.occurrence));
    PERFORM plan_known(t, taken);
    RETURN coalesce(taken, '{}');
END $$;

-- It was known when the rule was saved: what fell due until now is not late.
CREATE OR REPLACE FUNCTION plan_known(t triggers, subjects uuid[]) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, public
AS $$
    UPDATE planned_sends p SET planned_at = t.updated_at
    WHERE p.hotel_id = t.hotel_id AND p.trigger_id = t.id AND p.trigger_version = t.version
        AND p.subject = ANY (subjects) AND p.state = 'planned' AND p.planned_at = now()
$$;

-- The next subjects of a rule, in the order of their ids.
CREATE OR REPLACE FUNCTION plan_subjects(t triggers, past uuid, most int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
DECLARE
    nobody CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
BEGIN
    CASE t.event
    WHEN 'stay.moment' THEN
        RETURN QUERY SELECT b.id FROM bookings b
            WHERE b.hotel_id = t.hotel_id AND b.id > coalesce(past, nobody)
                AND b.departure > current_date - 400
            ORDER BY b.id LIMIT most;
    WHEN 'hold.moment' THEN
        RETURN QUERY SELECT s.id FROM holds s
            WHERE s.hotel_id = t.hotel_id AND s.id > coalesce(past, nobody)
                AND s.status = 'active'
            ORDER BY s.id LIMIT most;
    ELSE
        RETURN QUERY SELECT c.id FROM conversations c
            WHERE c.hotel_id = t.hotel_id AND c.id > coalesce(past, nobody)
            ORDER BY c.id LIMIT most;
    END CASE;
END $$;

-- One lot of the hotel's oldest planning: 'on' where there may be more, 'busy' where the rest is
-- being changed by others, 'done' where nothing is left that nobody else works.
CREATE OR REPLACE FUNCTION plan_step(hotel uuid, most int) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    r rule_plannings;
    t triggers;
    ids uuid[];
    taken uuid[];
BEGIN
    SELECT * INTO r FROM rule_plannings p
    WHERE p.hotel_id = hotel AND p.finished_at IS NULL AND p.fenced
    ORDER BY p.started_at, p.id LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 'done';
    END IF;
    SELECT * INTO t FROM triggers g WHERE g.hotel_id = hotel AND g.id = r.trigger_id;
    IF plan_calls_off(t, 4 * most) > 0 THEN
        RETURN 'on';
    END IF;
    IF t.enabled AND t.event = 'hotel.moment' THEN
        PERFORM plan_wanted(hotel, t.id, NULL, coalesce(jsonb_agg(to_jsonb(w)), '[]'))
        FROM wanted_of_hotel(t, t.updated_at) w;
        PERFORM plan_known(t, ARRAY[hotel]);
    ELSIF t.enabled AND t.event LIKE '%.moment' THEN
        IF r.total IS NULL THEN
            SELECT count(*) INTO r.total FROM plan_subjects(t, NULL, NULL) s;
        END IF;
        SELECT array_agg(s.id ORDER BY s.id) INTO ids FROM plan_subjects(t, r.past, most) s (id);
        taken := plan_lot(t, coalesce(ids, r.busy));
        r.busy := ARRAY(SELECT unnest(r.busy || ids) EXCEPT SELECT unnest(taken));
        UPDATE rule_plannings p SET total = greatest(r.total, p.done + cardinality(taken)),
            done = p.done + cardinality(taken), busy = r.busy,
            past = coalesce(ids[cardinality(ids)], p.past)
        WHERE p.hotel_id = hotel AND p.id = r.id;
        IF ids IS NOT NULL OR cardinality(taken) > 0 AND cardinality(r.busy) > 0 THEN
            RETURN 'on';
        ELSIF cardinality(r.busy) > 0 THEN
            RETURN 'busy';
        END IF;
    END IF;
    UPDATE rule_plannings p SET finished_at = now() WHERE p.hotel_id = hotel AND p.id = r.id;
    RETURN 'on';
END $$;

DO $$
DECLARE
    ours text;
BEGIN
    FOREACH ours IN ARRAY ARRAY[
        'plan_fence', 'plan_calls_off', 'plan_lot', 'plan_known', 'plan_subjects', 'plan_step']
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', ours);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO hotel_bot_tenant', ours);
    END LOOP;
END $$;
