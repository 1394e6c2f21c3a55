"""The exam office's pages: sittings as they are planned, and the sites with their rooms."""
