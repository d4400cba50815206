"""Writing on the map page's own panel: editing, condition, moving, hanging, registering, taking back."""
