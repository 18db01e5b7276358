-- One search in one call, as the app.

-- The newest 300 messages that match, among so many of the newest; `found` is how many there are.
CREATE OR REPLACE FUNCTION search_back(
    hotel uuid, wanted tsquery, state text, since timestamptz, until timestamptz, many int)
RETURNS TABLE (id uuid, at timestamptz, found bigint)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
BEGIN
    RETURN QUERY SELECT m.id, m.at, count(*) OVER () FROM (
        SELECT n.id, n.at
        FROM (SELECT e.id, e.at, e.words, e.status FROM search_entries e
              WHERE e.hotel_id = hotel AND e.kind = 'messages'
                  AND (since IS NULL OR e.at >= since) AND (until IS NULL OR e.at < until)
              ORDER BY e.at DESC, e.id DESC LIMIT many) n
        WHERE n.words @@ wanted AND (state IS NULL OR n.status = state)
        ORDER BY n.at DESC, n.id DESC LIMIT 300) m;
END $$;

-- Of more messages than are ranked, the newest that match: they come before all others. What every
-- eighth says, the last 2,500 say often enough; what is said less than 15,000 times is found whole;
-- between the two it is sought among the newest 60,000.
CREATE OR REPLACE FUNCTION search_late(
    hotel uuid, wanted tsquery, state text, since timestamptz, until timestamptz)
RETURNS TABLE (id uuid, kind text, score int, at timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
BEGIN
    RETURN QUERY SELECT b.id, 'messages', 2000000, b.at
        FROM search_back(hotel, wanted, state, since, until, 2500) b WHERE b.found = 300;
    IF NOT FOUND THEN
        RETURN QUERY SELECT n.id, 'messages', 2000000, n.at
            FROM search_newest(wanted, state, since, until, 15000, 300) n;
    END IF;
    IF NOT FOUND THEN
        RETURN QUERY SELECT b.id, 'messages', 2000000, b.at
            FROM search_back(hotel, wanted, state, since, until, 60000) b;
    END IF;
END $$;

-- Messages that match; of more than are ranked, the newest before all others.
CREATE OR REPLACE FUNCTION search_talk(
    hotel uuid, wanted tsquery, whole tsquery, state text, since timestamptz,
    until timestamptz, most int)
RETURNS TABLE (id uuid, kind text, score int, at timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
BEGIN
    RETURN QUERY
        WITH said AS MATERIALIZED (
            SELECT * FROM search_said(wanted, whole, state, since, until, most)
        ), late AS MATERIALIZED (
            SELECT * FROM search_late(hotel, wanted, state, since, until)
            WHERE (SELECT count(*) FROM said) >= most
        )
        SELECT * FROM late
        UNION ALL
        SELECT * FROM said s WHERE NOT EXISTS (SELECT FROM late WHERE late.id = s.id);
END $$;

-- One array a column of the page, of the kinds found and of the words asked; building JSON would cost
-- as much as finding. `words` are folded; `spelled`: it may be a slip; `begins`: it may go on;
-- `numbers`: whatever else is found by (src/frontdesk/search/words.py). `after` is the last row of
-- the page before: score, time and id, and whether it was a broad search. What each word may stand
-- as (`stands`, a space between): itself, its stem, a beginning, and, where the hotel does not know
-- it, the words of its lexicon that look like it; where few things are found, one broad search more
-- looks that up for all words. It is one plpgsql function with few statements because starting one
-- costs more than what it reads, and one plan serves all because planning anew costs more than the
-- search. A folded word holds no quotes.
CREATE OR REPLACE FUNCTION search_find(
    hotel uuid, config regconfig, words text[], spelled boolean[], begins boolean[],
    numbers tsquery, allowed text[], only_kinds text[], state text, since timestamptz,
    until timestamptz, newest boolean, most int, threshold real, after_score int,
    after_at timestamptz, after_id uuid, INOUT broad boolean,
    OUT kinds text[], OUT ids uuid[], OUT parents uuid[], OUT titles text[], OUT features text[],
    OUT bodies text[], OUT statuses text[], OUT times timestamptz[], OUT scores int[],
    OUT facets text[], OUT facet_counts int[], OUT telling text[], OUT stands text[],
    OUT starts boolean[], OUT more boolean)
LANGUAGE plpgsql
SET search_path = pg_catalog, public
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    ranked constant int := 3000;
    enough constant int := 5;
    word text;
    stem text;
    unsure boolean[] := '{}';
    near text[];
    clause text;
    wanted tsquery;
    whole tsquery;
    sure boolean;
    n_found int;
BEGIN
    telling := '{}';
    stands := '{}';
    starts := '{}';
    -- A word that says nothing in the hotel's language counts only where no other does.
    FOR pass IN 1 .. 2 LOOP
        FOR n IN 1 .. cardinality(words) LOOP
            word := words[n];
            stem := array_to_string(tsvector_to_array(to_tsvector(config, word)), ' ');
            CONTINUE WHEN stem = '' AND pass = 1;
            telling := telling || word;
            stands := stands || CASE WHEN stem IN ('', word) THEN word ELSE word || ' ' || stem END;
            unsure := unsure || spelled[n];
            starts := starts || begins[n];
        END LOOP;
        EXIT WHEN telling <> '{}';
    END LOOP;
    IF telling = '{}' THEN
        broad := false;
        more := false;
        RETURN;
    END IF;
    whole := ('''' || array_to_string(telling, ''' & ''') || '''')::tsquery;
    LOOP
        sure := true;
        FOR n IN 1 .. cardinality(telling) LOOP
            word := telling[n];
            IF unsure[n] AND NOT broad AND EXISTS (
                SELECT FROM search_words w WHERE w.hotel_id = hotel AND w.word >= telling[n]
                    AND w.word <= telling[n] || CASE WHEN starts[n] THEN '~' ELSE '' END)
            THEN
                sure := false;
            ELSIF unsure[n] THEN
                near := search_near(word, 8);
                IF near = '{}' THEN
                    PERFORM set_config('pg_trgm.similarity_threshold', threshold::text, true);
                    near := ARRAY(SELECT search_like(word, 8));
                END IF;
                stands[n] := array_to_string(stands[n] || array_remove(near, word), ' ');
                unsure[n] := false;
            END IF;
            clause := '''' || word || CASE WHEN starts[n] THEN ''':*' ELSE '''' END
                || replace(substr(stands[n], length(word) + 1), ' ', ' | ');
            wanted := CASE WHEN n = 1 THEN clause::tsquery ELSE wanted && clause::tsquery END;
        END LOOP;
        IF numbers IS NOT NULL THEN
            wanted := wanted || numbers;
        END IF;
        WITH hits AS MATERIALIZED (
            SELECT * FROM search_things(wanted, whole, allowed, state, since, until, ranked)
            UNION ALL
            SELECT * FROM search_talk(hotel, wanted, whole, state, since, until, ranked)
            WHERE 'messages' = ANY (allowed)
        ), page AS (
            SELECT * FROM hits h
            WHERE h.kind = ANY (only_kinds) AND (after_id IS NULL
                OR newest AND (h.at, h.id) < (after_at, after_id)
                OR NOT newest AND (h.score, h.at, h.id) < (after_score, after_at, after_id))
            ORDER BY CASE WHEN newest THEN 0 ELSE h.score END DESC, h.at DESC, h.id DESC LIMIT most
        )
        SELECT found.*, counted.*
        INTO kinds, ids, parents, titles, features, bodies, statuses, times, scores,
            facets, facet_counts, n_found
        FROM (SELECT array_agg(o.kind), array_agg(o.id), array_agg(o.parent_id),
                array_agg(o.title), array_agg(o.features), array_agg(o.body),
                array_agg(o.status), array_agg(o.at), array_agg(o.score)
            FROM (SELECT e.kind, e.id, e.parent_id, e.title, e.features,
                    left(e.body, 20000) AS body, e.status, p.at, p.score
                FROM page p JOIN search_entries e ON e.hotel_id = hotel AND e.id = p.id
                ORDER BY CASE WHEN newest THEN 0 ELSE p.score END DESC, p.at DESC, p.id DESC) o
            ) found,
            (SELECT array_agg(f.kind), array_agg(f.n), sum(f.n)
            FROM (SELECT h.kind, count(*)::int AS n FROM hits h GROUP BY h.kind) f) counted;
        EXIT WHEN broad OR sure OR after_id IS NOT NULL OR n_found >= enough;
        broad := true;
    END LOOP;
    more := coalesce(n_found, 0) >= ranked;
END $$;

-- Names that go on as this begins: the last word may be unfinished, a piece of a number too. A phone
-- is taken as the one box takes it: whole whatever its gaps, and without the 00 of dialling abroad
-- or the 0 of dialling at home.
CREATE OR REPLACE FUNCTION search_suggest(hotel uuid, said text, allowed text[], most int)
RETURNS TABLE (kind text, id uuid, title text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
DECLARE
    folded constant text := search_fold(said);
    glued constant text := replace(folded, ' ', '');
    wanted tsquery;
BEGIN
    SELECT string_agg(quote_literal(left(p, 60)) || ':*AB', ' & ')::tsquery INTO wanted
    FROM (SELECT p FROM unnest(string_to_array(folded, ' ')) p WHERE p <> '' LIMIT 12) w;
    IF wanted IS NULL THEN
        RETURN;
    END IF;
    IF glued ~ '^[0-9]{3,20}$' THEN
        wanted := wanted || (quote_literal(glued) || ':*AB')::tsquery
            || (quote_literal(regexp_replace(glued, '^(00(?=[1-9])|0(?=[1-9][0-9]{5}))', '')) || ':*AB')::tsquery;
    END IF;
    RETURN QUERY
        SELECT e.kind::text, e.id, e.title::text
        FROM (SELECT DISTINCT h.id, h.score FROM search_things(
                wanted, wanted, allowed, NULL, NULL, NULL, 500) h) h
        JOIN search_entries e ON e.hotel_id = hotel AND e.id = h.id
        ORDER BY NOT starts_with(search_fold(e.title), folded), h.score DESC,
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
