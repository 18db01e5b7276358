-- Money that cannot be rewritten: lines, invoices and what was paid are added to, never changed.
-- The app lacks the grants; the triggers hold for everybody.
REVOKE UPDATE, DELETE ON folio_lines, invoices FROM hotel_bot_tenant;
REVOKE DELETE ON folios, payments, refunds, payment_events, invoice_counters FROM hotel_bot_tenant;

-- What the sweeps see of a hotel's money: that something waits, and since when.
CREATE POLICY platform ON payments FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, look_at) ON payments TO frontdesk_platform;
CREATE POLICY platform ON payment_events FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, state, created_at) ON payment_events TO frontdesk_platform;

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['folio_lines', 'invoices'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I '
                       'FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
    END LOOP;
END $$;

-- A reversal is its line once more with the other sign: same folio, day and kind.
CREATE OR REPLACE FUNCTION check_reversal() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    undone folio_lines;
BEGIN
    SELECT * INTO undone FROM folio_lines
    WHERE hotel_id = NEW.hotel_id AND id = NEW.reverses_id;
    IF undone.id IS NULL OR undone.reverses_id IS NOT NULL
        OR (undone.folio_id, undone.kind, undone.business_date, -undone.amount)
            IS DISTINCT FROM (NEW.folio_id, NEW.kind, NEW.business_date, NEW.amount)
        OR undone.payment_id IS DISTINCT FROM NEW.payment_id
        OR undone.night IS DISTINCT FROM NEW.night THEN
        RAISE EXCEPTION 'a reversal mirrors its line' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER check_reversal BEFORE INSERT ON folio_lines
FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION check_reversal();

-- A closed folio takes no line: who closes it has it locked, and whoever comes then waits and sees it.
CREATE OR REPLACE FUNCTION refuse_closed() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
DECLARE
    closed timestamptz;
BEGIN
    SELECT closed_at INTO closed FROM folios
    WHERE hotel_id = NEW.hotel_id AND id = NEW.folio_id FOR KEY SHARE;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'this folio is closed' USING ERRCODE = 'ZB410';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER refuse_closed BEFORE INSERT ON folio_lines
FOR EACH ROW EXECUTE FUNCTION refuse_closed();

-- Scores count published reviews only; `sign` adds or takes back one review.
CREATE OR REPLACE FUNCTION count_review(
    hotel uuid, kind uuid, state text, stars int, sign int) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF state <> 'published' THEN
        RETURN;
    END IF;
    -- A CHECK is judged before a conflict is seen: what is proposed is never below zero.
    -- The room type first, the hotel last: two writers wait for one another in one order.
    INSERT INTO review_scores AS s (hotel_id, id, room_type_id, reviews, rating_sum)
    VALUES (hotel, gen_random_uuid(), kind, greatest(sign, 0), greatest(sign, 0) * stars)
    ON CONFLICT (hotel_id, room_type_id)
    DO UPDATE SET reviews = s.reviews + sign, rating_sum = s.rating_sum + sign * stars;
    INSERT INTO review_scores AS s (hotel_id, id, room_type_id, reviews, rating_sum)
    VALUES (hotel, gen_random_uuid(), NULL, greatest(sign, 0), greatest(sign, 0) * stars)
    ON CONFLICT (hotel_id, room_type_id)
    DO UPDATE SET reviews = s.reviews + sign, rating_sum = s.rating_sum + sign * stars;
END $$;

CREATE OR REPLACE FUNCTION keep_review_scores() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM count_review(OLD.hotel_id, OLD.room_type_id, OLD.status, OLD.rating, -1);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM count_review(NEW.hotel_id, NEW.room_type_id, NEW.status, NEW.rating, 1);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION keep_helpful() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT FROM reviews
        WHERE hotel_id = NEW.hotel_id AND id = NEW.review_id AND guest_id = NEW.guest_id
    ) THEN
        RAISE EXCEPTION 'a guest votes for no review of their own' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP <> 'INSERT' THEN
        UPDATE reviews SET helpful = helpful - 1
        WHERE hotel_id = OLD.hotel_id AND id = OLD.review_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE reviews SET helpful = helpful + 1
        WHERE hotel_id = NEW.hotel_id AND id = NEW.review_id;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER keep_review_scores
AFTER INSERT OR DELETE OR UPDATE OF rating, status, room_type_id ON reviews
FOR EACH ROW EXECUTE FUNCTION keep_review_scores();
CREATE OR REPLACE TRIGGER keep_helpful AFTER INSERT OR DELETE OR UPDATE ON review_votes
FOR EACH ROW EXECUTE FUNCTION keep_helpful();

REVOKE ALL ON FUNCTION refuse_change(), refuse_closed(), check_reversal(), count_review(uuid, uuid, text, int, int),
    keep_review_scores(), keep_helpful() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_review(uuid, uuid, text, int, int) TO hotel_bot_tenant;
