-- One function a kind: how a thing of this hotel is found. A new kind is one function here, one
-- line among the triggers below, and its name and permission in src/frontdesk/search/kinds.py.
CREATE OR REPLACE FUNCTION search_list(items jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog
AS $$
    SELECT coalesce(string_agg(item, ', '), '')
    FROM jsonb_array_elements_text(
        CASE jsonb_typeof(items) WHEN 'array' THEN items ELSE '[]' END) AS item
$$;

DO $$
DECLARE
    kind text;
    own text;
    says text;
BEGIN
    FOR kind, own, says IN VALUES
    ('room_types', 'room_types', $q$
        SELECT t.id, NULL::uuid, t.name, concat_ws(', ', t.code, t.beds, search_list(t.features)),
            t.description, '', CASE WHEN t.active THEN 'active' ELSE 'inactive' END, t.created_at
        FROM room_types t WHERE t.hotel_id = hotel AND t.id = ANY (ids)$q$),
    ('rooms', 'rooms', $q$
        SELECT r.id, r.room_type_id, r.number || ' ' || t.name,
            concat_ws(', ', 'floor ' || r.floor, r.status, t.beds, search_list(r.features),
                search_list(t.features)),
            concat_ws(' ', nullif(r.notes, ''), t.description), '', r.status, r.created_at
        FROM rooms r JOIN room_types t ON t.hotel_id = r.hotel_id AND t.id = r.room_type_id
        WHERE r.hotel_id = hotel AND r.id = ANY (ids)$q$),
    ('guests', 'guests', $q$
        SELECT g.id, NULL::uuid, coalesce(nullif(g.name, ''), '+' || g.phone, ''),
            coalesce('+' || g.phone, ''), CASE WHEN g.vip THEN 'VIP' ELSE '' END,
            g.phone, CASE WHEN g.vip THEN 'vip' ELSE 'guest' END, g.created_at
        FROM guests g WHERE g.hotel_id = hotel AND g.id = ANY (ids)$q$),
    ('bookings', 'bookings', $q$
        SELECT b.id, b.guest_id, concat_ws(' ', b.code, g.name),
            concat_ws(', ', b.status, b.arrival, b.departure, '+' || g.phone),
            coalesce(b.special_requests, ''), g.phone, b.status, b.created_at
        FROM bookings b JOIN guests g ON g.hotel_id = b.hotel_id AND g.id = b.guest_id
        WHERE b.hotel_id = hotel AND b.id = ANY (ids)$q$),
    ('messages', 'messages', $q$
        SELECT m.id, m.conversation_id, '', '', m.text, '', m.author, m.occurred_at
        FROM messages m
        WHERE m.hotel_id = hotel AND m.id = ANY (ids) AND m.deleted_at IS NULL AND m.text <> ''$q$),
    ('documents', 'knowledge_documents', $q$
        SELECT d.id, NULL::uuid, d.title, '', d.body, '', d.audience, d.created_at
        FROM knowledge_documents d WHERE d.hotel_id = hotel AND d.id = ANY (ids)$q$),
    ('users', 'memberships', $q$
        SELECT m.id, m.user_id, m.name, concat_ws(', ', m.email, m.role, m.phone), '',
            m.phone, m.status, m.created_at
        FROM memberships m
        WHERE m.hotel_id = hotel AND m.id = ANY (ids) AND m.status <> 'removed'$q$),
    ('features', 'features', $q$
        SELECT f.id, NULL::uuid, f.name, f.category, f.description, '', f.category, f.created_at
        FROM features f WHERE f.hotel_id = hotel AND f.id = ANY (ids)$q$),
    ('add_ons', 'addons', $q$
        SELECT a.id, NULL::uuid, a.name, concat_ws(', ', a.code, a.category, a.pricing),
            a.description, '', CASE WHEN a.active THEN 'active' ELSE 'inactive' END, a.created_at
        FROM addons a WHERE a.hotel_id = hotel AND a.id = ANY (ids)$q$),
    ('bed_types', 'bed_types', $q$
        SELECT b.id, NULL::uuid, b.name, b.code, '', '', '', b.created_at
        FROM bed_types b WHERE b.hotel_id = hotel AND b.id = ANY (ids)$q$),
    ('floors', 'floors', $q$
        SELECT f.id, NULL::uuid, f.name, f.code, '', '', '', f.created_at
        FROM floors f WHERE f.hotel_id = hotel AND f.id = ANY (ids)$q$)
    LOOP
        CONTINUE WHEN to_regclass(own) IS NULL;
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION %I(hotel uuid, ids uuid[]) RETURNS TABLE (id uuid,'
            ' parent_id uuid, title text, features text, body text, digits text, status text,'
            ' at timestamptz) LANGUAGE sql STABLE SET search_path = pg_catalog, public AS %L',
            'search_' || kind, says);
        EXECUTE format('REVOKE ALL ON FUNCTION %I(uuid, uuid[]) FROM PUBLIC', 'search_' || kind);
        EXECUTE format(
            'GRANT EXECUTE ON FUNCTION %I(uuid, uuid[]) TO hotel_bot_tenant', 'search_' || kind);
    END LOOP;
END $$;

-- What says a thing's name besides its own entry.
CREATE OR REPLACE FUNCTION search_dependants(hotel uuid, what text, ids uuid[])
RETURNS TABLE (kind text, subjects uuid[])
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF what = 'guests' THEN
        RETURN QUERY SELECT 'bookings', array_agg(b.id) FROM bookings b
            WHERE b.hotel_id = hotel AND b.guest_id = ANY (ids) HAVING count(*) > 0;
    ELSIF what = 'room_types' THEN
        RETURN QUERY SELECT 'rooms', array_agg(r.id) FROM rooms r
            WHERE r.hotel_id = hotel AND r.room_type_id = ANY (ids) HAVING count(*) > 0;
    END IF;
END $$;

DO $$
DECLARE
    own record;
    columns text;
BEGIN
    FOR own IN
        SELECT * FROM (VALUES
            ('room_types', 'room_types', 'now', 'name, code, beds, features, description, active'),
            ('rooms', 'rooms', 'now', 'number, floor, status, room_type_id, features, notes'),
            ('guests', 'guests', 'now', 'name, phone, vip'),
            ('bookings', 'bookings', 'later',
                'code, guest_id, status, arrival, departure, special_requests'),
            ('messages', 'messages', 'later', 'text, deleted_at'),
            ('knowledge_documents', 'documents', 'later', 'title, body, audience'),
            ('memberships', 'users', 'now', 'name, email, phone, role, status'),
            ('features', 'features', 'now', 'name, category, description'),
            ('addons', 'add_ons', 'now',
                'name, code, category, pricing, description, active'),
            ('bed_types', 'bed_types', 'now', 'name, code'),
            ('floors', 'floors', 'now', 'name, code')
        ) AS t (name, kind, pace, columns)
    LOOP
        CONTINUE WHEN to_regclass(own.name) IS NULL;
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER search_touch AFTER INSERT OR DELETE OR UPDATE OF %s ON %I'
            ' FOR EACH ROW EXECUTE FUNCTION search_touch(%L, %L)',
            own.columns, own.name, own.kind, own.pace);
    END LOOP;
END $$;
