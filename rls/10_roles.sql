-- The roles. Logins and passwords are the operator's (or the embedded set-up's) business.
-- frontdesk_owner owns and migrates; hotel_bot_tenant is the app; frontdesk_platform is the
-- narrow cross-hotel role and the owner of the definer look-ups; frontdesk_keeper owns the functions
-- that seal the audit log and let go of what is too old, and nobody logs in as it. frontdesk_search owns the
-- look-ups of a search, and nobody logs in as it either.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hotel_bot_tenant') THEN
        CREATE ROLE hotel_bot_tenant NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'frontdesk_platform') THEN
        CREATE ROLE frontdesk_platform NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'frontdesk_keeper') THEN
        CREATE ROLE frontdesk_keeper NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'frontdesk_search') THEN
        CREATE ROLE frontdesk_search NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
    IF NOT pg_has_role(current_user, 'frontdesk_platform', 'USAGE') THEN
        EXECUTE format('GRANT frontdesk_platform TO %I', current_user);
    END IF;
    IF NOT pg_has_role(current_user, 'frontdesk_keeper', 'USAGE') THEN
        EXECUTE format('GRANT frontdesk_keeper TO %I', current_user);
    END IF;
    IF NOT pg_has_role(current_user, 'frontdesk_search', 'USAGE') THEN
        EXECUTE format('GRANT frontdesk_search TO %I', current_user);
    END IF;
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO hotel_bot_tenant, frontdesk_platform, frontdesk_keeper;
