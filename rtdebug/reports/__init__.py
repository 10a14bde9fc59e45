"""Sessions and recordings into words and tables. Prints nothing: it gives text back."""
