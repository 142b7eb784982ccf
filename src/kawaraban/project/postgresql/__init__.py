"""Django's PostgreSQL backend, with the newsroom's way of taking turns. What ``DATABASES`` names as its engine."""
