"""What this room's templates can ask for."""
