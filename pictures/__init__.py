"""Pictures that are made by a command and kept: icons of the app, screens for looking at. Needs Chromium."""
