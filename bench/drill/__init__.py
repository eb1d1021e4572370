"""The drill: many messages while processes are killed and stores go away; counts what was lost and what was doubled."""
