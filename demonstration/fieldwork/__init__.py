"""The demonstration's field work: what invented crews did in the last two weeks (`manage.py demo_field_work`).

It is no set of rows but a set of phones: each writes operations as the real page would and sends them through
`field.up.receiving`, so what is applied, flagged, held or refused is what the rules make of it. Only the moment of
arrival is told instead of read from the clock. History and inspections say truthfully when the demonstration was made.

* `invention`: who has which phone, what people write, what goes wrong.
* `walks`: which assets somebody passes on a day, in which order, at what time.
* `phones`: a phone that numbers what its holder does, and sends it with its photos.
* `making`: the two weeks, from the phones to what the office decided.
"""
