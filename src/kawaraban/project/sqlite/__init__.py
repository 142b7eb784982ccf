"""Django's SQLite backend, with a door for those who only look."""
