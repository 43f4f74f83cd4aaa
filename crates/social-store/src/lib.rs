//! Memory and SQLite stores, blobs in a folder, sealing of secrets.
