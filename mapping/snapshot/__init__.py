"""The snapshot: one self-contained HTML file made with folium, for people who have no account and no network.

What happens, in order: `making` takes a filtered set of assets and refuses one that is too large; `rows` reads it
into columns; `context` adds the outlines and roads that are drawn underneath; `payload` packs all that; `page` puts
it into folium's element tree together with Leaflet and the scripts in `browser/`. `views` and the command
`manage.py snapshot` only ask and answer.
"""
