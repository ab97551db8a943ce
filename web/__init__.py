"""The front doors: pages and the command line, each of which parses, calls one verb of the engine and renders."""
