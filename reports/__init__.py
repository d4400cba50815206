"""What is only read: start page, dashboard, wall, score sheets, bulletins, comparison of dates and periods."""
