-- Who the transaction is for. After a transaction-local setting ends it reads '' and not NULL
-- (reliability.md, Tenancy 2): both mean that nobody was bound, which is an error, not a page
-- without rows.
CREATE OR REPLACE FUNCTION get_current_tenant_id() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog
AS $$
DECLARE
    bound text := current_setting('app.hotel_id', true);
BEGIN
    IF bound IS NULL OR bound = '' THEN
        RAISE EXCEPTION 'no hotel is bound to this transaction' USING ERRCODE = '42501';
    END IF;
    RETURN bound::uuid;
END $$;

REVOKE ALL ON FUNCTION get_current_tenant_id() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION get_current_tenant_id() TO hotel_bot_tenant, frontdesk_platform;
