-- Reason: instances have clocks of their own, and a database that is restored begins another history. What is compared with
-- what another process wrote is compared by the one clock that all of them share, the database's.

-- Null: from before this migration, and so older than whatever asks.
ALTER TABLE oidc_artifacts ADD COLUMN born_at timestamptz;
ALTER TABLE oidc_artifacts ALTER COLUMN born_at SET DEFAULT clock_timestamp();

-- Whoever has read up to a snapshot has seen nothing in it that was written later. Where there is such a thing, the snapshot is
-- of another history: a backup was restored, and transactions were counted anew from there. Not `at`: that is the writer's clock.
ALTER TABLE revocations ADD COLUMN written_at timestamptz;
ALTER TABLE revocations ALTER COLUMN written_at SET DEFAULT clock_timestamp();
CREATE INDEX revocations_by_writing ON revocations (written_at);
