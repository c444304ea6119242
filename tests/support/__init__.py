"""What tests of several kinds share. Everything here is about tests; nothing imitates hearth."""
