//! The one dependency an app adds to publish to social networks.
