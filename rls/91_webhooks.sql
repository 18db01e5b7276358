-- What the hotel's own systems are owed is written with the event itself, whoever writes it: what
-- commits late is owed late, and nothing is passed over.
CREATE POLICY platform ON webhook_deliveries FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, status, next_try_at) ON webhook_deliveries TO frontdesk_platform;
GRANT SELECT (forwarded_at) ON outbox_events TO frontdesk_platform;

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

-- What becomes of a message, and who is new, is told here: statuses are written in many ways, and by
-- many rows at once. The rules behind a message stand behind what becomes of it (chain).
CREATE OR REPLACE FUNCTION tell_sending() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    INSERT INTO outbox_events
        (hotel_id, id, aggregate_id, event_type, payload, depth, chain)
    SELECT NEW.hotel_id, gen_random_uuid(), NEW.message_id,
        'message.' || CASE NEW.status WHEN 'expired' THEN 'failed' ELSE NEW.status END,
        jsonb_build_object('message_id', NEW.message_id, 'conversation_id', c.id,
            'guest_id', c.guest_id, 'author', NEW.author, 'lane', NEW.lane,
            'error', CASE NEW.status WHEN 'expired' THEN 'expired' WHEN 'failed'
                THEN coalesce(substring(NEW.error FROM '^\w{1,60}(?=:|$)'), 'failed') END),
        jsonb_array_length(NEW.chain), NEW.chain
    FROM conversations c WHERE c.hotel_id = NEW.hotel_id AND c.id = NEW.conversation_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tell_sending AFTER UPDATE OF status ON outbound_messages FOR EACH ROW
    WHEN (OLD.status <> NEW.status AND NEW.message_id IS NOT NULL
        AND NEW.status IN ('sent', 'delivered', 'read', 'failed', 'expired'))
    EXECUTE FUNCTION tell_sending();

CREATE OR REPLACE FUNCTION tell_guest() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    INSERT INTO outbox_events (hotel_id, id, aggregate_id, event_type, payload)
    VALUES (NEW.hotel_id, gen_random_uuid(), NEW.id,
        CASE TG_OP WHEN 'INSERT' THEN 'guest.created' ELSE 'guest.merged' END,
        CASE TG_OP WHEN 'INSERT'
            THEN jsonb_build_object('guest_id', NEW.id, 'language', NEW.language)
            ELSE jsonb_build_object('guest_id', NEW.id, 'into', NEW.merged_into) END);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tell_guest_made AFTER INSERT ON guests
    FOR EACH ROW WHEN (NEW.merged_into IS NULL) EXECUTE FUNCTION tell_guest();
CREATE OR REPLACE TRIGGER tell_guest_merged AFTER UPDATE OF merged_into ON guests
    FOR EACH ROW WHEN (OLD.merged_into IS NULL AND NEW.merged_into IS NOT NULL)
    EXECUTE FUNCTION tell_guest();

REVOKE ALL ON FUNCTION tell_sending(), tell_guest() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tell_sending(), tell_guest() TO hotel_bot_tenant;
