-- Reason: a key that is rotated works on for an overlap, and tokens that were issued for it before the rotation were not made to
-- end with it. They are announced as dead from then on, when the key is rotated: a reader's place in the list is a
-- transaction, so what is to be told has to be written by then.
ALTER TABLE revocations ADD COLUMN dead_from timestamptz;
COMMENT ON COLUMN revocations.dead_from IS 'Until then the tokens are good; null: dead at once';
GRANT INSERT (dead_from) ON revocations TO hearthkey_app;
