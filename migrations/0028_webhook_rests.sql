-- Reason: whether something was put off for an endpoint is asked with every message that is delivered. It must not be looked for
-- among all that waits for others: a flood for one that is dead made every delivery to anybody slower.
-- In the order in which it is woken.
CREATE INDEX webhook_deliveries_put_off ON webhook_deliveries (endpoint_id, attempts, id)
  WHERE state = 'queued' AND next_at IS NULL;
