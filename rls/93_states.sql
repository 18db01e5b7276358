-- The ways between the states of a chat and of a task, as conversations/state_rules.py and
-- task_rules.py have them; who goes another one is a mistake of ours and stops here.
--   ZB409 no such way between two states
CREATE OR REPLACE FUNCTION conversation_moves() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN (
        ('active', 'escalated'), ('active', 'pending'), ('active', 'snoozed'),
        ('active', 'resolved'), ('active', 'closed'),
        ('escalated', 'active'), ('escalated', 'pending'), ('escalated', 'snoozed'),
        ('escalated', 'resolved'), ('escalated', 'closed'),
        ('pending', 'active'), ('pending', 'escalated'), ('pending', 'snoozed'),
        ('pending', 'resolved'), ('pending', 'closed'),
        ('snoozed', 'active'), ('snoozed', 'escalated'), ('snoozed', 'pending'),
        ('snoozed', 'resolved'), ('snoozed', 'closed'),
        ('resolved', 'active'), ('resolved', 'escalated'), ('resolved', 'closed'),
        ('closed', 'active'), ('closed', 'escalated')) THEN
        RAISE EXCEPTION 'a conversation that is % cannot become %', OLD.status, NEW.status
            USING ERRCODE = 'ZB409';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER conversation_moves BEFORE UPDATE OF status ON conversations
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION conversation_moves();

CREATE OR REPLACE FUNCTION task_moves() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('open', 'in_progress'), ('open', 'done'), ('open', 'cancelled'),
        ('in_progress', 'open'), ('in_progress', 'done'), ('in_progress', 'cancelled')) THEN
        RAISE EXCEPTION 'a task that is % cannot become %', OLD.state, NEW.state
            USING ERRCODE = 'ZB409';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER task_moves BEFORE UPDATE OF state ON tasks
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION task_moves();

-- A chat's history is only added to; an erasure empties its reasons, and no more.
CREATE OR REPLACE FUNCTION guard_history() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    IF to_jsonb(NEW) - 'reason' - 'updated_at' <> to_jsonb(OLD) - 'reason' - 'updated_at' THEN
        RAISE EXCEPTION 'a history is only added to' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_history BEFORE UPDATE ON conversation_changes
    FOR EACH ROW EXECUTE FUNCTION guard_history();
REVOKE DELETE ON conversation_changes FROM hotel_bot_tenant;

DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['conversation_moves()', 'task_moves()', 'guard_history()'] LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO hotel_bot_tenant', f);
    END LOOP;
END $$;
