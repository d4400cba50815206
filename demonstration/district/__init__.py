"""The demonstration: a believable, repeatable, invented register for the whole district (`manage.py load_demo`).

Real are only the names and positions in `fixtures/`. Everything else comes from a seeded generator, is flagged
approximate where it is a place, and names nobody who exists.

* `invention`: the lists the generator draws from: artworks, units, materials, how often each type is found where.
* `geography`: street and community cells, road lines, sites around the real points.
* `placing`: which asset stands where.
* `wear`: what inspections found and what was repaired in two years.
* `loading`: everything into the database, set-based and all or nothing.
* `pictures`: drawn photos.
"""
