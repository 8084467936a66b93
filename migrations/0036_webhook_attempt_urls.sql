-- Reason: where an attempt went is known from the attempt alone. An endpoint that leads elsewhere for an hour and back would show
-- its present address for what another one was sent.
-- NULL: nothing was sent, or it was before this was kept. As readable as the address of the endpoint is, which stands in lists
-- and in the log of events.
ALTER TABLE webhook_attempts ADD COLUMN url text CHECK (length(url) <= 2000);
