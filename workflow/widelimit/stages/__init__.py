"""The stages of a study, each a function from tables to tables; they know no files."""
