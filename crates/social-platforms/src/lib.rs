//! The networks' clients, their OAuth, and the HTTP transport with its decorators.
