"""What Streamlit's own elements say, in English whatever language a page speaks: `{it}` is any text."""

from __future__ import annotations

from digitlab.language import N_, gettext

PHRASES = (
    N_("App pages"),
    N_("Skip to main content"),
    N_("Link to heading"),
    N_("Help"),
    N_("Help for {it}"),
    N_("Shortcut {it}"),
    N_("Close"),
    # of lists
    N_("Open"),
    N_("Clear all"),
    N_("Clear value"),
    N_("Remove {it}"),
    N_("Selected values"),
    N_("Choose an option"),
    N_("Choose options"),
    N_("No results"),
    N_("Select all"),
    # of tables and pictures
    N_("Show/hide columns"),
    N_("Download as CSV"),
    N_("Search"),
    N_("Fullscreen"),
    N_("Close fullscreen"),
    N_("Sort ascending"),
    N_("Sort descending"),
    N_("Format"),
    N_("Autosize"),
    N_("Pin column"),
    N_("Unpin column"),
    N_("Hide column"),
    # of uploads and the camera
    N_("Upload"),
    N_("Add files"),
    N_("Drag and drop a file here"),
    N_("file upload"),
    N_("{it} per file"),
    N_("{it} files are not allowed."),
    N_("Cancel upload of {it}"),
    N_("Uploading..."),
    N_("This app would like to use your camera."),
    N_("Learn how to allow access."),
    N_("Take Photo"),
    N_("Clear photo"),
    N_("Switch camera"),
    N_("Snapshot"),
    # of passwords and code
    N_("Show password"),
    N_("Hide password"),
    N_("Copy to clipboard"),
)


def phrases() -> dict[str, str]:
    """Each phrase in the language of the reader."""
    return {phrase: str(gettext(phrase)) for phrase in PHRASES}
