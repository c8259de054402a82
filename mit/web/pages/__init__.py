"""HTML for people: every page works without JavaScript, in Thai and in English."""
