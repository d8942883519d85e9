-- The customer's own number of an order. The index is not unique on purpose: the demonstration proves that no order
-- is there twice, and a constraint would hide it if one were.
ALTER TABLE Invoice ADD COLUMN OrderReference VARCHAR(40);
CREATE INDEX InvoiceOrderReference ON Invoice (OrderReference);
