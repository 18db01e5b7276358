-- The sweep sees which actions of rules wait for their time, and no more.
CREATE POLICY platform ON trigger_steps FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, try_at) ON trigger_steps TO frontdesk_platform;

-- And which messages to many guests are on their way.
CREATE POLICY platform ON broadcasts FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, state, next_at) ON broadcasts TO frontdesk_platform;
