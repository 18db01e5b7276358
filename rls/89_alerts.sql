-- What the clock may see of alerts that still climb: when the next step is due.
DROP POLICY IF EXISTS platform ON alert_steps;
CREATE POLICY platform ON alert_steps FOR SELECT TO frontdesk_platform USING (true);
GRANT SELECT (hotel_id, id, state, try_at) ON alert_steps TO frontdesk_platform;
