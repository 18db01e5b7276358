-- One search in one call, as the app.

-- What each word of a question may stand as: itself, its stem, a beginning, and, where the hotel
-- does not know it (or all of them, if `broad`), the words of its lexicon that look like it: `meant`
-- where that was looked up.
CREATE OR REPLACE FUNCTION search_terms(hotel uuid, said text, broad boolean)
RETURNS TABLE (word text, stands text[], starts boolean, meant boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
DECLARE
    config regconfig := search_config((SELECT language FROM hotels WHERE id = hotel));
    parts text[] := (string_to_array(search_fold(said), ' '))[:12];
    last text := parts[cardinality(parts)];
    telling text[] := '{}';
    stems text[] := '{}';
    ends boolean[] := '{}';
    looked boolean[] := '{}';
    stem text;
BEGIN
    -- A word that says nothing in the hotel's language counts only where no other does.
    FOR pass IN 1 .. 2 LOOP
        FOREACH word IN ARRAY parts LOOP
            word := left(word, 60);
            stem := array_to_string(tsvector_to_array(to_tsvector(config, word)), ' ');
            CONTINUE WHEN word = '' OR stem = '' AND pass = 1;
            starts := length(word) >= 3 AND (word = last OR word ~ '[0-9]');
            telling := telling || word;
            stems := stems || stem;
            ends := ends || starts;
            looked := looked || (length(word) >= 3 AND word !~ '[0-9]' AND (broad OR NOT EXISTS (
                SELECT FROM search_words w WHERE w.hotel_id = hotel
                    AND w.word >= search_terms.word
                    AND w.word <= search_terms.word || CASE WHEN starts THEN '~' ELSE '' END)));
        END LOOP;
        EXIT WHEN telling <> '{}';
    END LOOP;
    RETURN QUERY
        WITH near AS MATERIALIZED (
            SELECT n.wanted, string_agg(n.word, ' ') AS words
            FROM search_near(ARRAY(SELECT l.w FROM unnest(telling, looked) AS l (w, looked)
                                   WHERE l.looked), 8) n
            WHERE true = ANY (looked) GROUP BY n.wanted)
        SELECT t.word, string_to_array(btrim(concat_ws(' ', t.word, nullif(t.stem, t.word), CASE WHEN t.looked THEN
                coalesce((SELECT n.words FROM near n WHERE n.wanted = t.word),
                    (SELECT string_agg(l, ' ') FROM search_like(t.word, 8) l)) END)), ' '),
            t.starts, t.looked
        FROM unnest(telling, stems, ends, looked) AS t (word, stem, starts, looked);
END $$;

-- As JSON: {"items", "facets", "terms", "most", "broad"}. `after` is the last row of the page before:
-- score, time and id, and whether it was a broad search. Of more than so many messages the newest
-- are looked for among the last. Planning anew costs more than the search, so one plan serves all.
CREATE OR REPLACE FUNCTION search_find(
    hotel uuid, said text, allowed text[], only_kinds text[], state text, since timestamptz,
    until timestamptz, newest boolean, most int, threshold real, after_score int,
    after_at timestamptz, after_id uuid, broad boolean)
RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, public
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    ranked constant int := 3000;
    enough constant int := 5;
    terms jsonb;
    wanted tsquery;
    whole tsquery;
    glued text := replace(search_fold(said), ' ', '');
    answer jsonb;
    sure boolean;
BEGIN
    PERFORM set_config('pg_trgm.similarity_threshold', threshold::text, true);
    SELECT jsonb_agg(to_jsonb(t)), string_agg('(' || (
            SELECT string_agg(quote_literal(s) || CASE WHEN t.starts AND s = t.word THEN ':*'
                ELSE '' END, ' | ') FROM unnest(t.stands) s) || ')', ' & ')::tsquery,
        string_agg(quote_literal(t.word), ' & ')::tsquery,
        bool_and(t.meant OR length(t.word) < 3 OR t.word ~ '[0-9]')
    INTO terms, wanted, whole, sure FROM search_terms(hotel, said, broad) t;
    IF wanted IS NULL THEN
        RETURN '{"items": [], "facets": {}, "terms": [], "most": false, "broad": false}';
    END IF;
    IF glued ~ '[0-9]' AND glued ~ '^[a-z0-9]{3,20}$' THEN
        wanted := wanted || (quote_literal(glued) || ':*')::tsquery;
    END IF;
    WITH said AS MATERIALIZED (
        SELECT * FROM search_said(wanted, whole, state, since, until, ranked)
        WHERE 'messages' = ANY (allowed)
    ), late AS MATERIALIZED (
        SELECT n.id, n.kind::text, 2000000 AS score, n.at
        FROM (SELECT e.id, e.kind, e.at, e.words, e.status FROM search_entries e
              WHERE e.hotel_id = hotel AND e.kind = 'messages'
                  AND (since IS NULL OR e.at >= since) AND (until IS NULL OR e.at < until)
              ORDER BY e.at DESC, e.id DESC LIMIT 60000) n
        WHERE (SELECT count(*) FROM said) >= ranked AND n.words @@ wanted
            AND (state IS NULL OR n.status = state)
        ORDER BY n.at DESC LIMIT 300
    ), hits AS MATERIALIZED (
        SELECT * FROM search_things(wanted, whole, allowed, state, since, until, ranked)
        UNION ALL SELECT * FROM late
        UNION ALL SELECT * FROM said s WHERE NOT EXISTS (SELECT FROM late WHERE late.id = s.id)
    ), page AS (
        SELECT * FROM hits h
        WHERE h.kind = ANY (only_kinds) AND (after_id IS NULL
            OR newest AND (h.at, h.id) < (after_at, after_id)
            OR NOT newest AND (h.score, h.at, h.id) < (after_score, after_at, after_id))
        ORDER BY CASE WHEN newest THEN 0 ELSE h.score END DESC, h.at DESC, h.id DESC LIMIT most
    )
    SELECT jsonb_build_object(
        'items', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('kind', e.kind, 'id', e.id, 'parent_id',
                e.parent_id, 'title', e.title, 'features', e.features, 'body',
                left(e.body, 20000), 'status', e.status, 'at', p.at, 'score', p.score)
                ORDER BY CASE WHEN newest THEN 0 ELSE p.score END DESC, p.at DESC, p.id DESC), '[]')
            FROM page p JOIN search_entries e ON e.hotel_id = hotel AND e.id = p.id),
        'facets', (
            SELECT coalesce(jsonb_object_agg(f.kind, f.n), '{}')
            FROM (SELECT h.kind, count(*) AS n FROM hits h GROUP BY h.kind) f),
        'found', (SELECT count(*) FROM hits),
        'most', (SELECT count(*) >= ranked FROM hits),
        'broad', broad, 'terms', terms)
    INTO answer;
    IF NOT (broad OR sure) AND after_id IS NULL AND (answer ->> 'found')::int < enough THEN
        RETURN search_find(hotel, said, allowed, only_kinds, state, since, until, newest, most,
            threshold, NULL, NULL, NULL, true);
    END IF;
    RETURN answer::text;
END $$;

-- Names that go on as this begins: the last word may be unfinished, a piece of a number too.
CREATE OR REPLACE FUNCTION search_suggest(hotel uuid, said text, allowed text[], most int)
RETURNS TABLE (kind text, id uuid, title text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
DECLARE
    wanted tsquery;
BEGIN
    SELECT string_agg(quote_literal(left(p, 60)) || ':*AB', ' & ')::tsquery INTO wanted
    FROM (SELECT p FROM unnest(string_to_array(search_fold(said), ' ')) p WHERE p <> '' LIMIT 12) w;
    IF wanted IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT e.kind::text, e.id, e.title::text
        FROM (SELECT DISTINCT h.id, h.score FROM search_things(
                wanted, wanted, allowed, NULL, NULL, NULL, 500) h) h
        JOIN search_entries e ON e.hotel_id = hotel AND e.id = h.id
        ORDER BY NOT starts_with(search_fold(e.title), search_fold(said)), h.score DESC,
            length(e.title), e.title, e.id
        LIMIT most;
END $$;

DO $$
DECLARE
    ours text;
BEGIN
    FOR ours IN
        SELECT p.oid::regprocedure::text FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'search\_%'
            AND NOT p.prosecdef AND pg_has_role(p.proowner, 'USAGE')
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', ours);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO hotel_bot_tenant', ours);
    END LOOP;
END $$;
