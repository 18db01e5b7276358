-- People. Their own tables belong to no hotel: the platform role's alone, forced, and shut to the
-- app, which asks one question at a time through the look-ups below.
DO $$
DECLARE
    t text;
    stray record;
BEGIN
    FOREACH t IN ARRAY ARRAY['users', 'user_sessions', 'user_refreshes', 'user_links',
                             'user_recovery_codes', 'user_identities', 'sign_in_throttles',
                             'sign_in_events']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        FOR stray IN SELECT polname AS name FROM pg_policy WHERE polrelid = t::regclass
        LOOP
            EXECUTE format('DROP POLICY %I ON %I', stray.name, t);
        END LOOP;
        EXECUTE format('CREATE POLICY platform ON %I TO frontdesk_platform USING (true) '
                       'WITH CHECK (true)', t);
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, hotel_bot_tenant, frontdesk_platform', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO frontdesk_platform', t);
    END LOOP;
END $$;

-- A person's hotels, and the mails that wait, across hotels: no names, no addresses.
CREATE POLICY platform ON memberships FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, user_id, role, status) ON memberships TO frontdesk_platform;

CREATE POLICY platform ON roles FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, name, scopes, approval_limit) ON roles TO frontdesk_platform;

CREATE POLICY platform ON mails FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, next_try_at, sent_at, dead_at) ON mails TO frontdesk_platform;

-- What the person of a living session may do at one hotel, now: a row without a role for who is no
-- member (any more), no row where the session has ended.
CREATE OR REPLACE FUNCTION find_member(
    wanted_session uuid, wanted_user uuid, wanted_hotel uuid, at timestamptz)
RETURNS TABLE (membership_id uuid, role text, scopes jsonb, approval_limit bigint,
    departments jsonb, department_ids uuid[])
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.id, m.role, r.scopes, r.approval_limit, m.departments, ARRAY(
        SELECT d.id FROM public.departments d
        WHERE d.hotel_id = m.hotel_id AND m.departments ? d.code)
    FROM public.user_sessions s
    JOIN public.users u ON u.id = s.user_id
    LEFT JOIN public.memberships m ON m.user_id = s.user_id AND m.hotel_id = wanted_hotel
        AND m.status = 'active'
    LEFT JOIN public.roles r ON r.hotel_id = m.hotel_id AND r.name = m.role
    WHERE s.id = wanted_session AND s.user_id = wanted_user AND s.revoked_at IS NULL
      AND s.expires_at > at AND u.disabled_at IS NULL
$$;

-- The person with this address, made where there is none: known or not, the answer looks the same.
CREATE OR REPLACE FUNCTION invite_person(new_id uuid, wanted_email text, wanted_name text)
RETURNS uuid
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO public.users (id, email, name) VALUES (new_id, wanted_email, wanted_name)
    ON CONFLICT (email) DO UPDATE SET email = EXCLUDED.email
    RETURNING id
$$;

GRANT CREATE ON SCHEMA public TO frontdesk_platform;
ALTER FUNCTION find_member(uuid, uuid, uuid, timestamptz) OWNER TO frontdesk_platform;
ALTER FUNCTION invite_person(uuid, text, text) OWNER TO frontdesk_platform;
REVOKE CREATE ON SCHEMA public FROM frontdesk_platform;
REVOKE ALL ON FUNCTION find_member(uuid, uuid, uuid, timestamptz), invite_person(uuid, text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_member(uuid, uuid, uuid, timestamptz),
    invite_person(uuid, text, text) TO hotel_bot_tenant;
