-- Reason: the wait of a way back protects its owner only if they hear of it. It opens nothing before its letter has left.

-- The letter in the outbox; NULL where the instance sends no mail and the administrator said that they tell the person
-- themselves. No foreign key into another room.
ALTER TABLE factor_recoveries ADD COLUMN letter uuid;
