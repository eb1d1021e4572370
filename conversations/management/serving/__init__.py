"""What `serve` is made of: the ground it stands on first, then the server itself."""
