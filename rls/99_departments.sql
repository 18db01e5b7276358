-- Who is of some departments alone sees their chats and tasks, and what hangs on these; the
-- transaction says which in `app.departments` (kit/transaction.py), and one that says nothing sees
-- the whole hotel, as workers and everybody without departments do. One restrictive policy a table,
-- so that every list, single row, count and look-up is narrowed by it, whatever asks. A table that
-- comes to hang on a chat or a task is narrowed by itself.

-- A chat or task of no department is of none of theirs.
CREATE OR REPLACE FUNCTION sees_conversation(wanted uuid) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM conversations c
        WHERE c.hotel_id = get_current_tenant_id() AND c.id = wanted);
END $$;

CREATE OR REPLACE FUNCTION sees_task(wanted uuid) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM tasks t
        WHERE t.hotel_id = get_current_tenant_id() AND t.id = wanted);
END $$;

CREATE OR REPLACE FUNCTION sees_note(wanted uuid) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM notes n
        WHERE n.hotel_id = get_current_tenant_id() AND n.id = wanted);
END $$;

CREATE OR REPLACE FUNCTION sees_notification(wanted uuid) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM staff_notifications n
        WHERE n.hotel_id = get_current_tenant_id() AND n.id = wanted);
END $$;

CREATE OR REPLACE FUNCTION sees_delivery(wanted uuid) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM notification_deliveries d
        WHERE d.hotel_id = get_current_tenant_id() AND d.id = wanted);
END $$;

-- Which departments an alert is of: of its task, else of its note's chat or task, else of its
-- chat, else of the one that it names. What is none of these is the whole hotel's.
CREATE OR REPLACE FUNCTION alert_is_of(
    talk uuid, named text, details jsonb, wanted uuid[]) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
DECLARE
    mine constant uuid := get_current_tenant_id();
    own constant text := '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
BEGIN
    IF details ->> 'task_id' ~ own THEN
        RETURN EXISTS (SELECT FROM tasks t WHERE t.hotel_id = mine
            AND t.id = (details ->> 'task_id')::uuid AND t.department_id = ANY (wanted));
    ELSIF details ->> 'note_id' ~ own THEN
        RETURN EXISTS (SELECT FROM notes n
            LEFT JOIN conversations c ON c.hotel_id = n.hotel_id AND c.id = n.conversation_id
            LEFT JOIN tasks t ON t.hotel_id = n.hotel_id AND t.id = n.task_id
            WHERE n.hotel_id = mine AND n.id = (details ->> 'note_id')::uuid
                AND coalesce(c.department_id, t.department_id) = ANY (wanted));
    ELSIF talk IS NOT NULL THEN
        RETURN EXISTS (SELECT FROM conversations c
            WHERE c.hotel_id = mine AND c.id = talk AND c.department_id = ANY (wanted));
    END IF;
    RETURN EXISTS (SELECT FROM departments d
        WHERE d.hotel_id = mine AND d.code = named AND d.id = ANY (wanted));
END $$;

DO $$
DECLARE
    whole constant text :=
        '(SELECT coalesce(current_setting(''app.departments'', true), '''') = '''')';
    seen constant text := '((SELECT string_to_array('
        'current_setting(''app.departments'', true), '',''))::uuid[])';
    -- what a chat is only named by: stays, and what rules do, which is for who has the whole hotel
    apart constant text[] := ARRAY[
        'bookings', 'quotes', 'waitlist_entries', 'planned_sends', 'trigger_runs'];
    t record;
    says text;
BEGIN
    FOR t IN
        SELECT c.relname AS name,
            min(quote_ident(a.attname)) FILTER (WHERE r.relname = 'conversations') AS talk,
            min(quote_ident(a.attname)) FILTER (WHERE r.relname = 'tasks') AS task,
            min(quote_ident(a.attname)) FILTER (WHERE r.relname = 'notes') AS note,
            min(quote_ident(a.attname)) FILTER (WHERE r.relname = 'staff_notifications') AS alert,
            min(quote_ident(a.attname)) FILTER (WHERE r.relname = 'notification_deliveries') AS owed
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f'
        LEFT JOIN pg_class r ON r.oid = k.confrelid
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[2]
        WHERE c.relkind IN ('r', 'p')
        GROUP BY c.relname
    LOOP
        CONTINUE WHEN t.name = ANY (apart);
        says := CASE
            WHEN t.name IN ('conversations', 'tasks') THEN format('department_id = ANY (%s)', seen)
            WHEN t.name = 'staff_notifications' THEN
                format('alert_is_of(conversation_id, department, details, %s)', seen)
            -- a message's own entry names its chat
            WHEN t.name = 'search_entries' THEN
                'kind <> ''messages'' OR sees_conversation(parent_id)'
            -- what nobody's department is in, and everybody's words are
            WHEN t.name IN ('shift_reports', 'knowledge_gaps', 'knowledge_cases') THEN 'false'
            -- to staff there is no chat
            WHEN t.name = 'outbound_messages' THEN
                'conversation_id IS NULL OR sees_conversation(conversation_id)'
            WHEN t.talk IS NOT NULL AND t.task IS NOT NULL THEN
                format('CASE WHEN %1$s IS NULL THEN sees_task(%2$s) ELSE sees_conversation(%1$s) END',
                    t.talk, t.task)
            WHEN t.talk IS NOT NULL THEN format('sees_conversation(%s)', t.talk)
            WHEN t.task IS NOT NULL THEN format('sees_task(%s)', t.task)
            WHEN t.note IS NOT NULL THEN format('sees_note(%s)', t.note)
            WHEN t.alert IS NOT NULL THEN format('sees_notification(%s)', t.alert)
            WHEN t.owed IS NOT NULL THEN format('sees_delivery(%s)', t.owed)
        END;
        CONTINUE WHEN says IS NULL;
        says := format('%s OR (%s)', whole, says);
        EXECUTE format('CREATE POLICY department ON %I AS RESTRICTIVE TO hotel_bot_tenant'
            ' USING (%s) WITH CHECK (%s)', t.name, says, says);
    END LOOP;
END $$;

-- The look-ups of a search read past the policies: they narrow messages themselves.
GRANT SELECT (parent_id) ON search_entries TO frontdesk_search;
GRANT SELECT (hotel_id, id, department_id) ON conversations TO frontdesk_search;
CREATE POLICY search ON conversations FOR SELECT TO frontdesk_search USING (true);

-- Whose departments those of a person or a key are, before a hotel is known.
CREATE POLICY platform ON departments FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, code) ON departments TO frontdesk_platform;
GRANT SELECT (departments) ON memberships, api_keys TO frontdesk_platform;

DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['sees_conversation', 'sees_task', 'sees_note', 'sees_notification',
        'sees_delivery', 'alert_is_of']
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO hotel_bot_tenant', f);
    END LOOP;
END $$;
