"""The views of a call that are text: values in, rows out. No Textual, no files."""
