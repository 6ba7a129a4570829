"""Values and the promotion aggregate: transitions, policies, separation of duties, decisions, events."""
