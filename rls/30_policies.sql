-- The wall. Every table with hotel_id (and hotels itself) gets row security, forced; one
-- permissive policy for the app and one restrictive guard for everybody, so that a careless
-- extra permissive policy opens nothing; whatever
-- other policy stands on such a table goes. Tables of the platform role are listed by name below,
-- with the columns it may see.
DO $$
DECLARE
    t record;
    stray record;
    owner_key text;
    guard text;
    platform_tables constant text[] := ARRAY[
        'hotels', 'whatsapp_instances', 'api_keys', 'idempotency_keys', 'inbound_events',
        'outbound_messages', 'outbox_events', 'notification_deliveries', 'knowledge_documents',
        'conversations', 'messages', 'audit_log', 'memberships', 'roles', 'mails',
        'waitlist_entries', 'payments', 'payment_events', 'search_queue',
        'imports', 'calendar_sources', 'knowledge_indexes', 'planned_sends', 'rule_plannings',
        'guest_identities', 'desk_seats',
        'scheduled_messages', 'tasks', 'webhook_deliveries', 'sla_clocks',
        'alert_steps', 'trigger_steps', 'broadcasts', 'pms_links', 'departments'];
BEGIN
    FOR t IN
        SELECT c.relname AS name, c.oid
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        WHERE c.relkind IN ('r', 'p')
          AND (c.relname = 'hotels' OR EXISTS (
              SELECT FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attname = 'hotel_id' AND NOT a.attisdropped))
    LOOP
        owner_key := CASE WHEN t.name = 'hotels' THEN 'id' ELSE 'hotel_id' END;
        guard := format('%I = (SELECT get_current_tenant_id())', owner_key);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t.name);
        FOR stray IN
            SELECT p.polname AS name FROM pg_policy p WHERE p.polrelid = t.oid
        LOOP
            EXECUTE format('DROP POLICY %I ON %I', stray.name, t.name);
        END LOOP;
        EXECUTE format(
            'CREATE POLICY tenant ON %I TO hotel_bot_tenant USING (%s) WITH CHECK (%s)',
            t.name, guard, guard);
        IF t.name = ANY (platform_tables) THEN
            guard := format('current_user = ''frontdesk_platform'' OR %s', guard);
        END IF;
        EXECUTE format(
            'CREATE POLICY tenant_guard ON %I AS RESTRICTIVE TO PUBLIC USING (%s) WITH CHECK (%s)',
            t.name, guard, guard);
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, hotel_bot_tenant, frontdesk_platform', t.name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO hotel_bot_tenant', t.name);
    END LOOP;
END $$;

-- What the app may do less.
REVOKE INSERT, DELETE ON hotels FROM hotel_bot_tenant;
REVOKE UPDATE, DELETE ON audit_log FROM hotel_bot_tenant;
REVOKE DELETE ON inbound_events, messages, bookings, booking_nights, trigger_runs
    FROM hotel_bot_tenant;

-- What the platform role may see and do across hotels: administration of hotels, and for the
-- sweeps only the columns that say what is still waiting.
CREATE POLICY platform ON hotels TO frontdesk_platform USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON hotels TO frontdesk_platform;

CREATE POLICY platform ON idempotency_keys TO frontdesk_platform
    USING (hotel_id = '00000000-0000-0000-0000-000000000000')
    WITH CHECK (hotel_id = '00000000-0000-0000-0000-000000000000');
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO frontdesk_platform;

CREATE POLICY platform ON whatsapp_instances FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, instance_key, id_instance, webhook_token_digest, state, state_at)
    ON whatsapp_instances TO frontdesk_platform;

CREATE POLICY platform ON api_keys FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, digest, scopes, revoked_at) ON api_keys TO frontdesk_platform;

CREATE POLICY platform ON inbound_events FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, instance_id, lane, chat, received_at, state, tries)
    ON inbound_events TO frontdesk_platform;

CREATE POLICY platform ON outbound_messages FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, instance_id, status, not_before, lease_until, created_at)
    ON outbound_messages TO frontdesk_platform;

CREATE POLICY platform ON outbox_events FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, created_at, processed_at, dead_at)
    ON outbox_events TO frontdesk_platform;

CREATE POLICY platform ON notification_deliveries FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, status, next_try_at, created_at)
    ON notification_deliveries TO frontdesk_platform;

CREATE POLICY platform ON knowledge_documents FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, status, updated_at, lease_until)
    ON knowledge_documents TO frontdesk_platform;

CREATE POLICY platform ON knowledge_indexes FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, status, updated_at) ON knowledge_indexes TO frontdesk_platform;

CREATE POLICY platform ON conversations FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, instance_id, chat, owner, lease_until)
    ON conversations TO frontdesk_platform;

CREATE POLICY platform ON messages FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, conversation_id, direction, handled_at, created_at)
    ON messages TO frontdesk_platform;

CREATE POLICY platform ON audit_log FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, seq, created_at) ON audit_log TO frontdesk_platform;

CREATE POLICY platform ON guest_identities FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, look_at) ON guest_identities TO frontdesk_platform;

CREATE POLICY platform ON waitlist_entries FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, status, offer_until, created_at)
    ON waitlist_entries TO frontdesk_platform;

CREATE POLICY platform ON search_queue FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, queued_at) ON search_queue TO frontdesk_platform;
