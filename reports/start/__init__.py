"""The start page: what needs its reader today, and the district in figures."""
