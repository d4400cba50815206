"""Problems from report to closed: categories, deadlines, states, and the pages and the API of the desk."""
