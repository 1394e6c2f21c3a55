"""How timed study is counted, what a practical task needs, and how far somebody is in a course."""
