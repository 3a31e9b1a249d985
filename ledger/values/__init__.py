"""What a text may say: one reader a kind of value, from text to value or error, whichever door the text came in by."""
