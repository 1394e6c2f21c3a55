"""The exam officer's windows, the administrator's settings, and announcements."""
