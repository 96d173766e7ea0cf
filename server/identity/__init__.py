"""Identity: principals, and how tokens are issued, read, rotated and revoked."""
