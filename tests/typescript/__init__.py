"""The browser client: compiled with the document's types, and run."""
