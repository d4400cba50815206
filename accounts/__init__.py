"""Who: users, memberships, roles and the area each may act in."""
