"""Where: areas, roads, sites, units; coordinate systems; which area a point falls in. The rightmost room."""
