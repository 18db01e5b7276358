-- Look-ups for the moment before a hotel is known. Each answers one question for one secret or
-- unguessable key, runs as the narrow platform role, and pins its search path.
CREATE OR REPLACE FUNCTION find_instance(wanted_key text)
RETURNS TABLE (hotel_id uuid, instance_id uuid, id_instance text, webhook_token_digest bytea)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT w.hotel_id, w.id, w.id_instance, w.webhook_token_digest
    FROM public.whatsapp_instances w
    WHERE w.instance_key = wanted_key
$$;

CREATE OR REPLACE FUNCTION find_api_key(wanted_digest bytea)
RETURNS TABLE (hotel_id uuid, key_id uuid, scopes jsonb, narrowed boolean, departments uuid[])
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.hotel_id, k.id, k.scopes, k.departments <> '[]', ARRAY(
        SELECT d.id FROM public.departments d
        WHERE d.hotel_id = k.hotel_id AND k.departments ? d.code)
    FROM public.api_keys k
    WHERE k.digest = wanted_digest AND k.revoked_at IS NULL
$$;

GRANT CREATE ON SCHEMA public TO frontdesk_platform;
ALTER FUNCTION find_instance(text) OWNER TO frontdesk_platform;
ALTER FUNCTION find_api_key(bytea) OWNER TO frontdesk_platform;
REVOKE CREATE ON SCHEMA public FROM frontdesk_platform;
REVOKE ALL ON FUNCTION find_instance(text), find_api_key(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_instance(text), find_api_key(bytea) TO hotel_bot_tenant;

-- Advice on indexes, for operators (heritage D). Statistics only; no tenant's rows.
CREATE OR REPLACE FUNCTION analyze_index_usage()
RETURNS TABLE (table_name text, index_name text, scans bigint, rows_read bigint, size text)
LANGUAGE sql STABLE
SET search_path = pg_catalog
AS $$
    SELECT s.relname::text, s.indexrelname::text, s.idx_scan, s.idx_tup_read,
           pg_size_pretty(pg_relation_size(s.indexrelid))
    FROM pg_stat_user_indexes s
    ORDER BY s.idx_scan DESC, s.relname, s.indexrelname
$$;

CREATE OR REPLACE FUNCTION find_unused_indexes()
RETURNS TABLE (table_name text, index_name text, size text)
LANGUAGE sql STABLE
SET search_path = pg_catalog
AS $$
    SELECT s.relname::text, s.indexrelname::text, pg_size_pretty(pg_relation_size(s.indexrelid))
    FROM pg_stat_user_indexes s
    JOIN pg_index i ON i.indexrelid = s.indexrelid
    WHERE s.idx_scan = 0 AND NOT i.indisunique AND NOT i.indisexclusion
    ORDER BY pg_relation_size(s.indexrelid) DESC, s.indexrelname
$$;

REVOKE ALL ON FUNCTION analyze_index_usage(), find_unused_indexes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analyze_index_usage(), find_unused_indexes() TO frontdesk_platform;
