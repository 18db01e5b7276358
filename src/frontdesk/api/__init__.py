"""The HTTP application: lifespan, routers, problem+json."""
