"""Calendar and timeline: how long they take to open, and whether dragging keeps the browser waiting."""
