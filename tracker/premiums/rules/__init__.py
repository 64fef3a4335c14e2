"""The premium's rules, pure: the scheme grammar, the engine, and quotes from a file."""
