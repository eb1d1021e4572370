"""Django's PostgreSQL backend with a pool that gives up quickly while the server is away."""
