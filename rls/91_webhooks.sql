-- What the hotel's own systems are owed is written with the event itself, whoever writes it: what
-- commits late is owed late, and nothing is passed over.
CREATE POLICY platform ON webhook_deliveries FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, status, next_try_at) ON webhook_deliveries TO frontdesk_platform;

-- What an event is about, for those who are told in order: of a message its chat, of a payment or
-- an order its stay.
CREATE OR REPLACE FUNCTION event_subject(event_type text, aggregate_id uuid, payload jsonb)
RETURNS uuid
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, public
AS $$
    SELECT coalesce(
        CASE
            WHEN event_type LIKE 'message.%' OR event_type LIKE 'sla.%'
                THEN (payload ->> 'conversation_id')::uuid
            WHEN event_type LIKE 'payment.%' OR event_type LIKE 'addon.%'
                THEN (payload ->> 'booking_id')::uuid
        END,
        aggregate_id)
$$;

CREATE OR REPLACE FUNCTION owe_webhooks() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    INSERT INTO webhook_deliveries
        (hotel_id, id, subscription_id, event_id, event_type, subject, seq)
    SELECT NEW.hotel_id, gen_random_uuid(), s.id, NEW.id, NEW.event_type,
        event_subject(NEW.event_type, NEW.aggregate_id, NEW.payload), NEW.seq
    FROM webhook_subscriptions s
    WHERE s.hotel_id = NEW.hotel_id AND s.enabled AND s.removed_at IS NULL
        AND (s.events = '[]' OR s.events ? NEW.event_type);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER owe_webhooks AFTER INSERT ON outbox_events
    FOR EACH ROW EXECUTE FUNCTION owe_webhooks();

REVOKE ALL ON FUNCTION event_subject(text, uuid, jsonb), owe_webhooks() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION event_subject(text, uuid, jsonb), owe_webhooks() TO hotel_bot_tenant;
