"""OGC API – Features at /ogc/: Part 1 (core), Part 2 (coordinate systems), Part 3 (CQL2), over `assets.layers`.

One concern a file: `crs` which coordinate systems and how; `cql2` a filter becomes SQL; `parameters` what an items
request asks for; `items` its answer; `documents` everything said about collections; `openapi` the description of it
all; `views` who may come in and what is sent. `web/negotiation.py` decides between page and data.
"""
