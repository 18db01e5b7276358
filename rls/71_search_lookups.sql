-- The look-ups behind a search. The operators of full text and trigrams are not leakproof, so under
-- a policy their indexes lie idle (reliability.md, Tenancy 8): these run as frontdesk_search, which
-- nobody can log in as, sees ids, kinds, times and words of two tables and no text, and each binds
-- the hotel itself. What they name is then read by the app, under its policy.
GRANT USAGE ON SCHEMA public TO frontdesk_search;
ALTER POLICY tenant_guard ON search_entries
    TO hotel_bot_tenant, frontdesk_platform, frontdesk_keeper;
ALTER POLICY tenant_guard ON search_words
    TO hotel_bot_tenant, frontdesk_platform, frontdesk_keeper;
CREATE POLICY search ON search_entries FOR SELECT TO frontdesk_search USING (true);
CREATE POLICY search ON search_words FOR SELECT TO frontdesk_search USING (true);
REVOKE ALL ON search_entries, search_words FROM frontdesk_search;
-- What is let go of as too old is not found either.
CREATE POLICY keeper ON search_entries TO frontdesk_keeper
    USING (hotel_id = (SELECT get_current_tenant_id()))
    WITH CHECK (hotel_id = (SELECT get_current_tenant_id()));
CREATE POLICY keeper ON search_queue TO frontdesk_keeper
    USING (hotel_id = (SELECT get_current_tenant_id()))
    WITH CHECK (hotel_id = (SELECT get_current_tenant_id()));
GRANT SELECT, DELETE ON search_entries TO frontdesk_keeper;
GRANT INSERT ON search_queue TO frontdesk_keeper;
GRANT SELECT (hotel_id, id, kind, status, at, words) ON search_entries TO frontdesk_search;
GRANT SELECT (hotel_id, word, slips) ON search_words TO frontdesk_search;
GRANT EXECUTE ON FUNCTION get_current_tenant_id(), search_slips(uuid, text), search_bones(text)
    TO frontdesk_search;

-- The hotel's own words that look like this one, by pg_trgm.similarity_threshold.
CREATE OR REPLACE FUNCTION search_like(wanted text, most int) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT w.word FROM public.search_words w
    WHERE w.hotel_id = public.get_current_tenant_id() AND w.word OPERATOR(public.%) wanted
    ORDER BY public.similarity(w.word, wanted) DESC, w.word LIMIT most
$$;

-- The hotel's own words that are one slip away: with a letter left out of either they are the same;
-- where no other is, those too that are written without the vowels of this one.
-- What a search asks each time is plpgsql, which keeps its plan. The numbers of a slip are the
-- hotel's own already: without OFFSET the planner would read all the hotel's words of another index.
CREATE OR REPLACE FUNCTION search_near(wanted text, most int) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    mine constant uuid := public.get_current_tenant_id();
    cut bigint[] := public.search_slips(mine, wanted);
    near text[];
BEGIN
    FOR pass IN 1 .. 2 LOOP
        near := ARRAY(
            SELECT w.word
            FROM (SELECT n.hotel_id, n.word FROM public.search_words n
                  WHERE n.slips && cut OFFSET 0) w
            WHERE w.hotel_id = mine
            ORDER BY public.similarity(w.word, wanted) DESC, w.word LIMIT most);
        EXIT WHEN NOT near <@ ARRAY[wanted];
        cut := cut || hashtextextended(
            '~' || public.search_bones(wanted), hashtextextended(mine::text, 0));
    END LOOP;
    RETURN near;
END $$;

-- Whether anything of the hotel still says this word.
CREATE OR REPLACE FUNCTION search_says(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM public.search_entries e
        WHERE e.hotel_id = public.get_current_tenant_id() AND e.kind <> 'messages'
            AND e.words @@ plainto_tsquery('simple', wanted))
    OR EXISTS (
        SELECT FROM public.search_entries e
        WHERE e.hotel_id = public.get_current_tenant_id() AND e.kind = 'messages'
            AND e.words @@ plainto_tsquery('simple', wanted))
$$;

-- Things that match, of these kinds; whole words count before corrected ones.
CREATE OR REPLACE FUNCTION search_things(
    wanted tsquery, whole tsquery, kinds text[], state text, since timestamptz,
    until timestamptz, most int)
RETURNS TABLE (id uuid, kind text, score int, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT e.id, e.kind::text,
        (ts_rank(e.words, wanted) * 1000000)::int
            + CASE WHEN e.words @@ whole THEN 1000000 ELSE 0 END,
        e.at
    FROM public.search_entries e
    WHERE e.hotel_id = public.get_current_tenant_id() AND e.kind <> 'messages'
        AND e.kind = ANY (kinds) AND e.words @@ wanted
        AND (state IS NULL OR e.status = state)
        AND (since IS NULL OR e.at >= since) AND (until IS NULL OR e.at < until)
    LIMIT most;
END $$;

-- Messages that match; for who is of some departments, in chats of theirs (rls/99_departments.sql).
CREATE OR REPLACE FUNCTION search_said(
    wanted tsquery, whole tsquery, state text, since timestamptz, until timestamptz, most int)
RETURNS TABLE (id uuid, kind text, score int, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    seen constant uuid[] := string_to_array(
        nullif(current_setting('app.departments', true), ''), ',')::uuid[];
BEGIN
    RETURN QUERY SELECT e.id, e.kind::text,
        (ts_rank(e.words, wanted) * 1000000)::int
            + CASE WHEN e.words @@ whole THEN 1000000 ELSE 0 END,
        e.at
    FROM public.search_entries e
    WHERE e.hotel_id = public.get_current_tenant_id() AND e.kind = 'messages'
        AND e.words @@ wanted
        AND (state IS NULL OR e.status = state)
        AND (since IS NULL OR e.at >= since) AND (until IS NULL OR e.at < until)
        AND (seen IS NULL OR EXISTS (SELECT FROM public.conversations c
            WHERE c.hotel_id = e.hotel_id AND c.id = e.parent_id AND c.department_id = ANY (seen)))
    LIMIT most;
END $$;

-- Of all messages that match, the newest; nothing where there are `bound` or more: then reading
-- backwards from the newest is soon done. The index gives them all at about 2 us each, in no order
-- of time, and the inner LIMIT keeps the planner from walking another one.
CREATE OR REPLACE FUNCTION search_newest(
    wanted tsquery, state text, since timestamptz, until timestamptz, bound int, most int)
RETURNS TABLE (id uuid, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    seen constant uuid[] := string_to_array(
        nullif(current_setting('app.departments', true), ''), ',')::uuid[];
BEGIN
    RETURN QUERY SELECT n.id, n.at
    FROM (SELECT m.id, m.at, count(*) OVER () AS all_of_them
          FROM (SELECT e.id, e.at FROM public.search_entries e
                WHERE e.hotel_id = public.get_current_tenant_id() AND e.kind = 'messages'
                    AND e.words @@ wanted
                    AND (state IS NULL OR e.status = state)
                    AND (since IS NULL OR e.at >= since) AND (until IS NULL OR e.at < until)
                    AND (seen IS NULL OR EXISTS (SELECT FROM public.conversations c
                        WHERE c.hotel_id = e.hotel_id AND c.id = e.parent_id
                            AND c.department_id = ANY (seen)))
                LIMIT bound) m) n
    WHERE n.all_of_them < bound
    ORDER BY n.at DESC, n.id DESC LIMIT most;
END $$;

DO $$
DECLARE
    ours text;
BEGIN
    GRANT CREATE ON SCHEMA public TO frontdesk_search;
    FOREACH ours IN ARRAY ARRAY[
        'search_like(text, int)', 'search_near(text, int)', 'search_says(text)',
        'search_things(tsquery, tsquery, text[], text, timestamptz, timestamptz, int)',
        'search_said(tsquery, tsquery, text, timestamptz, timestamptz, int)',
        'search_newest(tsquery, text, timestamptz, timestamptz, int, int)']
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO frontdesk_search', ours);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', ours);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO hotel_bot_tenant', ours);
    END LOOP;
    REVOKE CREATE ON SCHEMA public FROM frontdesk_search;
END $$;
