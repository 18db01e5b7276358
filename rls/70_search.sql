-- What can be found: one row a thing in search_entries, written anew from its own table by the
-- functions below. A change notes itself in search_queue; small things are written at once as well,
-- messages, bookings and documents when they are new only by the job, within seconds, so that
-- taking a message or a booking costs one small row more. Everything here runs as the app and is
-- judged by the policies, but for the look-ups of 71_search_lookups.sql.

-- Words of a-z, 0-9 and signs with one space between; src/frontdesk/search/letters.py says the same.
CREATE OR REPLACE FUNCTION search_fold(said text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF octet_length(said) <> char_length(said) THEN
        said := (SELECT coalesce(string_agg(coalesce(search_letters() ->> c, c), '' ORDER BY n), '')
                 FROM unnest(string_to_array(said, NULL)) WITH ORDINALITY AS letter (c, n));
        said := regexp_replace(said, '([\u3400-\u4dbf\u4e00-\u9fff])', ' \1 ', 'g');
    END IF;
    RETURN btrim(regexp_replace(
        lower(said COLLATE "C"), '[^a-z0-9\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+', ' ', 'g'));
END $$;

-- The consonants of a folded word, those alike as one: "mohammed", "muhammad" and محمد, which is
-- written without its vowels and folds to "mhmd", have the same. NULL where hardly any is left.
CREATE OR REPLACE FUNCTION search_bones(word text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
    bones text := word;
BEGIN
    IF word !~ '^[a-z]{2,40}$' THEN
        RETURN NULL;
    END IF;
    bones := translate(regexp_replace(replace(replace(bones, 'ph', 'f'), 'tz', 'ts'),
                                      '([kgstdc])h', '\1', 'g'), 'cq', 'kk');
    bones := ltrim(rtrim(bones, 'h'), 'aeiou');
    bones := left(bones, 1) || translate(substr(bones, 2), 'aeiouwy', '');
    bones := regexp_replace(bones, '(.)\1+', '\1', 'g');
    RETURN CASE WHEN length(bones) >= 2 THEN bones END;
END $$;

-- A word, and it with each letter left out in turn, as numbers that no other hotel has; what may be
-- of an alphabet that leaves out vowels has its bones beside them, in Hebrew also without a vav.
CREATE OR REPLACE FUNCTION search_slips(hotel uuid, word text) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
    own constant bigint := hashtextextended(hotel::text, 0);
    slips bigint[] := ARRAY[hashtextextended(word, own)];
BEGIN
    FOR n IN 1 .. length(word) LOOP
        slips := slips || hashtextextended(left(word, n - 1) || substr(word, n + 1), own);
    END LOOP;
    IF word !~ '[eiou]' THEN
        slips := slips || ARRAY(
            SELECT DISTINCT hashtextextended('~' || b.bones, own)
            FROM (VALUES (public.search_bones(word)),
                (public.search_bones(left(word, 1) || replace(substr(word, 2), 'v', '')))
                ) AS b (bones)
            WHERE length(b.bones) >= CASE WHEN word ~ 'a' THEN 3 ELSE 2 END);
    END IF;
    RETURN slips;
END $$;

-- How a hotel's own language ends its words; others are taken as they are.
CREATE OR REPLACE FUNCTION search_config(language text) RETURNS regconfig
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog
AS $$
BEGIN
    RETURN coalesce('{
        "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish",
        "nl": "dutch", "en": "english", "fi": "finnish", "fr": "french", "de": "german",
        "el": "greek", "hi": "hindi", "hu": "hungarian", "id": "indonesian", "it": "italian",
        "lt": "lithuanian", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
        "ru": "russian", "sr": "serbian", "es": "spanish", "sv": "swedish", "ta": "tamil",
        "tr": "turkish"
    }'::jsonb ->> split_part(lower(language), '-', 1), 'simple')::regconfig;
END $$;

-- The stems of a text in its own letters, folded.
CREATE OR REPLACE FUNCTION search_stems(config regconfig, said text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF config = 'simple'::regconfig THEN
        RETURN '';
    END IF;
    RETURN search_fold(array_to_string(tsvector_to_array(to_tsvector(config, said)), ' '));
END $$;

-- Words and stems of one field.
CREATE OR REPLACE FUNCTION search_field(config regconfig, said text) RETURNS tsvector
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF said IS NULL OR said = '' THEN
        RETURN '';
    END IF;
    RETURN to_tsvector('simple', search_fold(said) || ' ' || search_stems(config, said));
END $$;

-- Every end of a number of three digits or more: a piece of a phone begins one of them.
CREATE OR REPLACE FUNCTION search_digits(phone text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog
AS $$
    SELECT coalesce(string_agg(right(d, n), ' '), '')
    FROM left(regexp_replace(phone, '\D', '', 'g'), 20) AS d, generate_series(3, length(d)) AS n
$$;

-- Name A, features and numbers B, description C.
CREATE OR REPLACE FUNCTION search_vector(
    config regconfig, title text, features text, body text, digits text) RETURNS tsvector
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, public
AS $$
BEGIN
    RETURN setweight(search_field(config, title), 'A')
        || setweight(search_field(config, features), 'B')
        || setweight(to_tsvector('simple', coalesce(search_digits(digits), '')), 'B')
        || setweight(search_field(config, left(body, 60000)), 'C');
END $$;

-- Writes these things of one kind anew, and takes away those that are gone. Words that went with
-- an old text are struck from the lexicon where nothing else says them.
CREATE OR REPLACE FUNCTION search_refresh(hotel uuid, what text, subjects uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    config regconfig := search_config((SELECT language FROM hotels WHERE id = hotel));
    before text[] := (
        SELECT array_agg(DISTINCT word) FROM search_entries, unnest(tsvector_to_array(words)) word
        WHERE hotel_id = hotel AND id = ANY (subjects) AND kind = what);
BEGIN
    IF to_regprocedure(format('search_%s(uuid, uuid[])', what)) IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format($fresh$
        WITH fresh AS MATERIALIZED (SELECT * FROM %I($1, $2)), gone AS (
            DELETE FROM search_entries e
            WHERE e.hotel_id = $1 AND e.id = ANY ($2) AND e.kind = $3
                AND NOT EXISTS (SELECT FROM fresh WHERE fresh.id = e.id))
        INSERT INTO search_entries AS e
            (hotel_id, id, kind, parent_id, title, features, body, status, at, words)
        SELECT $1, f.id, $3, f.parent_id, f.title, f.features, f.body, f.status, f.at,
            search_vector($4, f.title, f.features, f.body, f.digits)
        FROM fresh f
        ON CONFLICT (hotel_id, id) DO UPDATE SET
            parent_id = EXCLUDED.parent_id, title = EXCLUDED.title, features = EXCLUDED.features,
            body = EXCLUDED.body, status = EXCLUDED.status, at = EXCLUDED.at,
            words = EXCLUDED.words
        WHERE e.kind = EXCLUDED.kind AND
            (e.parent_id, e.title, e.features, e.body, e.status, e.at, e.words)
            IS DISTINCT FROM (EXCLUDED.parent_id, EXCLUDED.title, EXCLUDED.features, EXCLUDED.body,
                EXCLUDED.status, EXCLUDED.at, EXCLUDED.words)
        $fresh$, 'search_' || what) USING hotel, subjects, what, config;
    IF before IS NOT NULL THEN
        PERFORM search_forget(hotel, ARRAY(
            SELECT unnest(before) EXCEPT
            SELECT unnest(tsvector_to_array(words)) FROM search_entries
            WHERE hotel_id = hotel AND id = ANY (subjects) AND kind = what));
    END IF;
END $$;

-- Strikes from the lexicon what nothing says any more.
CREATE OR REPLACE FUNCTION search_forget(hotel uuid, lost text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    DELETE FROM search_words WHERE hotel_id = hotel AND word IN (
        SELECT word FROM search_words
        WHERE hotel_id = hotel AND word = ANY (lost) AND NOT search_says(word)
        ORDER BY word FOR UPDATE);
END $$;

-- On a thing's own table: its kind, and whether what is new is written `now` or `later`.
CREATE OR REPLACE FUNCTION search_touch() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_user = 'frontdesk_keeper' THEN  -- who may do no more than this
        WITH gone AS (
            DELETE FROM search_entries WHERE hotel_id = OLD.hotel_id AND id = OLD.id
            RETURNING tsvector_to_array(words) AS words)
        INSERT INTO search_queue (hotel_id, kind, words)
        SELECT OLD.hotel_id, 'words', words FROM gone WHERE words <> '{}';
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM search_refresh(OLD.hotel_id, TG_ARGV[0], ARRAY[OLD.id]);
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        PERFORM search_refresh(NEW.hotel_id, d.kind, d.subjects)
        FROM search_dependants(NEW.hotel_id, TG_ARGV[0], ARRAY[NEW.id]) d;
    END IF;
    IF TG_OP = 'UPDATE' OR TG_ARGV[1] = 'now' THEN
        PERFORM search_refresh(NEW.hotel_id, TG_ARGV[0], ARRAY[NEW.id]);
    END IF;
    INSERT INTO search_queue (hotel_id, kind, subject_id) VALUES (NEW.hotel_id, TG_ARGV[0], NEW.id);
    RETURN NULL;
END $$;

-- Works off what waits, at most so many; gives how many it took. One at a time for a hotel: the
-- later writer must have read the later row. Where it would wait for somebody who writes it gives
-- all back and 0: whoever changes two rooms in another order must never be the one who is ended.
CREATE OR REPLACE FUNCTION search_catch_up(hotel uuid, most int) RETURNS int
LANGUAGE plpgsql
SET search_path = pg_catalog, public
SET lock_timeout = '300ms'
AS $$
DECLARE
    taken int := 0;
    part record;
BEGIN
    PERFORM pg_advisory_xact_lock(7305042, hashtext(hotel::text));
    FOR part IN
        WITH mine AS (
            DELETE FROM search_queue q USING (
                SELECT id FROM search_queue WHERE hotel_id = hotel
                ORDER BY queued_at LIMIT most FOR UPDATE SKIP LOCKED) w
            WHERE q.hotel_id = hotel AND q.id = w.id
            RETURNING q.kind, q.subject_id, q.words)
        SELECT kind, array_agg(DISTINCT subject_id) AS subjects, count(*) AS rows,
            (SELECT array_agg(DISTINCT w) FROM mine m, unnest(m.words) w
             WHERE mine.kind = 'words') AS lost
        FROM mine GROUP BY kind ORDER BY kind = 'words'
    LOOP
        taken := taken + part.rows;
        IF part.kind = 'words' THEN
            PERFORM search_forget(hotel, part.lost);
        ELSIF part.kind = 'hotel' THEN
            PERFORM search_rebuild(hotel);
        ELSE
            PERFORM search_refresh(hotel, part.kind, part.subjects);
            PERFORM search_refresh(hotel, d.kind, d.subjects)
            FROM search_dependants(hotel, part.kind, part.subjects) d;
            INSERT INTO search_words (hotel_id, word, slips)
            SELECT DISTINCT hotel, word, search_slips(hotel, word)
            FROM search_entries e, unnest(tsvector_to_array(e.words)) word
            WHERE e.hotel_id = hotel AND e.id = ANY (part.subjects) AND word ~ '^[^0-9]{3,40}$'
            ORDER BY 2
            ON CONFLICT DO NOTHING;
        END IF;
    END LOOP;
    RETURN taken;
EXCEPTION WHEN lock_not_available THEN
    RETURN 0;
END $$;

-- Queues everything of a hotel: what there is, and what there was.
CREATE OR REPLACE FUNCTION search_rebuild(hotel uuid) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    source record;
    queued bigint;
BEGIN
    DELETE FROM search_queue WHERE hotel_id = hotel;
    INSERT INTO search_queue (hotel_id, kind, subject_id)
    SELECT hotel_id, kind, id FROM search_entries WHERE hotel_id = hotel;
    INSERT INTO search_queue (hotel_id, kind, words)
    SELECT hotel, 'words', array_agg(word) FROM search_words WHERE hotel_id = hotel
    HAVING count(*) > 0;
    FOR source IN
        SELECT DISTINCT t.tgrelid::regclass AS own, convert_from(
            substring(t.tgargs FROM 1 FOR position('\000'::bytea IN t.tgargs) - 1), 'UTF8') AS kind
        FROM pg_trigger t WHERE t.tgname = 'search_touch'
    LOOP
        EXECUTE format('INSERT INTO search_queue (hotel_id, kind, subject_id) SELECT hotel_id, %L,'
                       ' id FROM %s t WHERE hotel_id = $1 AND NOT EXISTS (SELECT FROM'
                       ' search_entries e WHERE e.hotel_id = t.hotel_id AND e.id = t.id)',
                       source.kind, source.own) USING hotel;
    END LOOP;
    SELECT count(*) INTO queued FROM search_queue WHERE hotel_id = hotel;
    RETURN queued;
END $$;

-- Another language ends its words in another way.
CREATE OR REPLACE FUNCTION search_hotel_touch() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    INSERT INTO search_queue (hotel_id, kind) VALUES (NEW.id, 'hotel');
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER search_hotel_touch AFTER UPDATE OF language ON hotels
    FOR EACH ROW WHEN (OLD.language <> NEW.language AND current_user = 'hotel_bot_tenant')
    EXECUTE FUNCTION search_hotel_touch();
