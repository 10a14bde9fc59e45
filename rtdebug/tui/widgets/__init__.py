"""What is put on the terminal and takes keys. Drawing comes from `timeline`, `pages` and `call`, as lines."""
