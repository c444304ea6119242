"""One file for each change of the tables, numbered. What was released is never edited."""
