"""What others ask the newsroom. One question a function; every answer is ready to be shown without further look-ups."""
