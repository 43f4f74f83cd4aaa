//! Simulators of the networks, with faults and a ledger of all that became visible.
