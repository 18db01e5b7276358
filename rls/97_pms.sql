-- A hotel's PMS: the sweeps see when it is due to be read, and nothing of where it is.
CREATE POLICY platform ON pms_links FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, next_sync_at) ON pms_links TO frontdesk_platform;
