"""The invented district for every room, to try the product with; a production image can leave this room out.

* `accounts`: at least one account in each role (`manage.py demo_accounts`).
* `district`: the register, from streets to assets and what inspections found (`manage.py load_demo`).
* `fieldwork`: two weeks of crews' work (`manage.py demo_field_work`).
"""
