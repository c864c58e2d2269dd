"""Objects of S3, Google Cloud Storage and Azure Blob Storage, read as files are."""
