"""Opening what people have: files, folders, archives."""
