-- A booking that came of another: what its guest was told for that one at the very same moment is
-- not told again. Where its own dates move the moment, it is told for those (see 85_plans.sql).
CREATE OR REPLACE FUNCTION plan_split() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    UPDATE planned_sends p SET state = 'skipped', worked_at = now(),
        why = '[{"skipped": "told for the booking that it was one with"}]'
    WHERE p.hotel_id = NEW.hotel_id AND p.subject = NEW.id AND p.state = 'planned'
        AND EXISTS (SELECT FROM planned_sends told
            WHERE told.hotel_id = p.hotel_id AND told.subject = NEW.split_from
                AND told.trigger_id = p.trigger_id AND told.occurrence = p.occurrence
                AND told.due_at = p.due_at AND told.state = 'sent');
    RETURN NULL;
END $$;

-- After plan_booking_made and plan_booking_changed: triggers of one event go by their names.
CREATE OR REPLACE TRIGGER plan_split_made AFTER INSERT ON bookings
    FOR EACH ROW WHEN (NEW.split_from IS NOT NULL) EXECUTE FUNCTION plan_split();
CREATE OR REPLACE TRIGGER plan_split_changed
    AFTER UPDATE OF arrival, departure, status, checked_in_at, checked_out_at, guest_id ON bookings
    FOR EACH ROW WHEN (NEW.split_from IS NOT NULL) EXECUTE FUNCTION plan_split();

REVOKE ALL ON FUNCTION plan_split FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plan_split TO hotel_bot_tenant;
